import { setTimeout as sleep } from 'node:timers/promises'
import type { Bot } from 'grammy'
import type { State } from '../../queues/state.ts'
import type { Logger } from '../shared/logger.ts'

const AGAIN_MS = 1000

/** Leaves the bot's username for those who count, until Redis has taken it. Updates do not wait for it. */
export async function rememberName(
  { redis, keys }: Pick<State, 'redis' | 'keys'>,
  { botInfo }: Pick<Bot, 'botInfo'>,
  signal: AbortSignal,
  log: Logger,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await redis.hset(keys.botNames, botInfo.id, botInfo.username)
      return
    } catch (err) {
      log.debug({ err }, 'the name is not known yet')
      await sleep(AGAIN_MS, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }
}
