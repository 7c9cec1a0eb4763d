import { readFileSync } from 'node:fs'
import type { Redis } from 'ioredis'
import { z } from 'zod'

const lua = (name: string) => readFileSync(new URL(`scripts/${name}.lua`, import.meta.url), 'utf8')

/** The Lua function `claim`, for scripts in which a delivery asks for its ticket (`direct-sends.ts`). */
export const CLAIM_FUNCTION = lua('direct-lease') + lua('claim')

/** The steps that must not be torn apart. What each takes and returns stands at the top of its file. */
const SCRIPTS = {
  create: lua('is-full') + lua('create'),
  choose: lua('choose'),
  join: lua('next-generation') + lua('free-limit') + lua('charge') + lua('join'),
  atGeneration: lua('at-generation'),
  finish: lua('finish'),
  stored: lua('stored'),
  delivered: lua('delivered'),
  endWork: lua('end-work'),
  endWaiting: lua('end-waiting'),
  leave: lua('give-back') + lua('leave'),
  move: lua('move'),
  settle: lua('give-back') + lua('settle'),
  reopen: lua('is-full') + lua('reopen'),
  startOver: lua('start-over'),
  factsOfLink: lua('facts-of-link'),
  claim: `${CLAIM_FUNCTION}return claim(KEYS[1], unpack(ARGV))`,
  ticketLease: `${lua('direct-lease')}return directLease(KEYS[1], 'ticket', unpack(ARGV))`,
  directHold: lua('direct-hold'),
  directEnd: lua('direct-end'),
  touch: lua('touch'),
  shown: lua('shown'),
  lease: lua('lease'),
  deadLetterAdd: lua('dead-letter-add'),
  replayShared: lua('next-generation') + lua('replay-claim') + lua('replay-shared'),
  replaySend: lua('replay-claim') + lua('replay-send'),
  replayJob: lua('replay-claim') + lua('replay-job'),
  replayEnd: lua('replay-end'),
  fairTag: lua('fair-tag'),
  fairStarted: lua('fair-started'),
  fairPlace: lua('fair-place'),
  meet: lua('meet'),
  seen: lua('seen'),
  start: lua('start'),
  grantBonus: lua('grant-bonus'),
  referralCode: lua('referral-code'),
  adClaim: lua('ad-claim'),
  surveyBegin: lua('survey-begin'),
  surveyAnswer: lua('survey-answer'),
  surveyEnd: lua('survey-end'),
  surveyForget: lua('survey-forget'),
}

/** A hash as scripts return it: name, value, name, value, … */
export const HashFields = z
  .array(z.string())
  .transform(
    (flat): Record<string, string> =>
      Object.fromEntries(
        Array.from({ length: flat.length / 2 }, (_, at) => [flat[2 * at] ?? '', flat[2 * at + 1] ?? '']),
      ),
  )

type Arguments = readonly (string | number)[]

type Script = (keys: readonly string[], args: Arguments) => Promise<unknown>

export type Scripts = Record<keyof typeof SCRIPTS, Script>

/** Runs a script by its hash, and sends the text only to a server that does not know it yet. */
export function defineScript(redis: Redis, name: string, text: string): Script {
  const command = `clipferry_${name}`
  redis.defineCommand(command, { lua: text })
  // defineCommand adds a method that the type does not know.
  const call: unknown = Reflect.get(redis, command)
  if (typeof call !== 'function') throw new Error(`the script ${name} could not be defined`)
  return async (keys, args) => await call.call(redis, keys.length, ...keys, ...args)
}

/** All of them, on one connection. */
export function createScripts(redis: Redis): Scripts {
  const run = (name: keyof typeof SCRIPTS) => defineScript(redis, name, SCRIPTS[name])
  return {
    create: run('create'),
    choose: run('choose'),
    join: run('join'),
    atGeneration: run('atGeneration'),
    finish: run('finish'),
    stored: run('stored'),
    delivered: run('delivered'),
    endWork: run('endWork'),
    endWaiting: run('endWaiting'),
    leave: run('leave'),
    move: run('move'),
    settle: run('settle'),
    reopen: run('reopen'),
    startOver: run('startOver'),
    factsOfLink: run('factsOfLink'),
    claim: run('claim'),
    ticketLease: run('ticketLease'),
    directHold: run('directHold'),
    directEnd: run('directEnd'),
    touch: run('touch'),
    shown: run('shown'),
    lease: run('lease'),
    deadLetterAdd: run('deadLetterAdd'),
    replayShared: run('replayShared'),
    replaySend: run('replaySend'),
    replayJob: run('replayJob'),
    replayEnd: run('replayEnd'),
    fairTag: run('fairTag'),
    fairStarted: run('fairStarted'),
    fairPlace: run('fairPlace'),
    meet: run('meet'),
    seen: run('seen'),
    start: run('start'),
    grantBonus: run('grantBonus'),
    referralCode: run('referralCode'),
    adClaim: run('adClaim'),
    surveyBegin: run('surveyBegin'),
    surveyAnswer: run('surveyAnswer'),
    surveyEnd: run('surveyEnd'),
    surveyForget: run('surveyForget'),
  }
}
