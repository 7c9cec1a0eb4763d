import { readFileSync } from 'node:fs'
import type { Redis } from 'ioredis'

const lua = (name: string) => readFileSync(new URL(`scripts/${name}.lua`, import.meta.url), 'utf8')

/** The steps that must not be torn apart. What each takes and returns stands at the top of its file. */
const SCRIPTS = {
  create: lua('create'),
  join: lua('join'),
  finish: lua('finish'),
  leave: lua('leave'),
  move: lua('move'),
  settle: lua('settle'),
  reopen: lua('reopen'),
  claimTicket: lua('claim-ticket'),
  shown: lua('shown'),
  fairTag: lua('fair-tag'),
  fairStarted: lua('fair-started'),
}

type Arguments = readonly (string | number)[]

export type Scripts = {
  [Name in keyof typeof SCRIPTS]: (keys: readonly string[], args: Arguments) => Promise<unknown>
}

/** Runs a script by its hash, and sends the text only to a server that does not know it yet. */
export function createScripts(redis: Redis): Scripts {
  const run = (name: keyof typeof SCRIPTS) => {
    const command = `clipferry_${name}`
    redis.defineCommand(command, { lua: SCRIPTS[name] })
    // defineCommand adds a method that the type does not know.
    const call: unknown = Reflect.get(redis, command)
    if (typeof call !== 'function') throw new Error(`the script ${name} could not be defined`)
    return async (keys: readonly string[], args: Arguments): Promise<unknown> =>
      await call.call(redis, keys.length, ...keys, ...args)
  }
  return {
    create: run('create'),
    join: run('join'),
    finish: run('finish'),
    leave: run('leave'),
    move: run('move'),
    settle: run('settle'),
    reopen: run('reopen'),
    claimTicket: run('claimTicket'),
    shown: run('shown'),
    fairTag: run('fairTag'),
    fairStarted: run('fairStarted'),
  }
}
