import { once } from 'node:events'
import type { Redis } from 'ioredis'
import { createReplay } from '../../queues/replay.ts'
import { createState } from '../../queues/state.ts'
import { ConfigError, readConfig } from '../shared/config.ts'
import { createRedis } from '../shared/redis.ts'
import { runMain } from '../shared/run-main.ts'
import { deadLetterCommand } from './dead-letter-command.ts'
import { parseCommand, USAGE } from './parse-command.ts'

const CONNECT_MS = 10_000

/** `npm run dead-letters -- list|show|replay|discard …`: on the terminal what the dashboard has as a page. */
async function main(args: string[]): Promise<void> {
  const command = parseCommand(args)
  if ('help' in command) {
    process.stdout.write(`${USAGE}\n`)
    return
  }
  if ('problem' in command) {
    process.stderr.write(`${command.problem}\n\n${USAGE}\n`)
    process.exitCode = 1
    return
  }
  const config = readConfig(['common', 'operator'])
  const redis = await connected(config.REDIS_URL)
  const state = createState(redis, config.REDIS_PREFIX)
  const replay = createReplay(state, { artifactMaxAgeMs: config.ARTIFACT_MAX_AGE_MINUTES * 60_000 })
  try {
    const { text, failed } = await deadLetterCommand(command, { deadLetters: state.deadLetters, replay })
    process.stdout.write(`${text}\n`)
    if (failed) process.exitCode = 1
  } finally {
    await state.queues.close()
    redis.disconnect()
  }
}

/** @throws ConfigError when there is no Redis: somebody waits at the terminal. */
async function connected(url: string): Promise<Redis> {
  const redis = createRedis(url, { role: 'producer' })
  try {
    await once(redis, 'ready', { signal: AbortSignal.timeout(CONNECT_MS) })
    return redis
  } catch (error) {
    redis.disconnect()
    const reason = error instanceof Error && 'code' in error ? error.code : 'no answer'
    throw new ConfigError([`REDIS_URL leads to no Redis that answers (${reason})`])
  }
}

runMain(() => main(process.argv.slice(2)))
