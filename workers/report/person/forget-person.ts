import type { State } from '../../../queues/state.ts'
import { forgetPerson } from '../../../src/shared/db/personal-data.ts'
import type { Pool } from '../../../src/shared/db/pool.ts'
import type { Storage } from '../../../src/shared/storage/storage.ts'
import type { StageContext } from '../../context.ts'
import { Postpone } from '../../postpone.ts'
import { untilWritten } from '../until-written.ts'
import { forgetKeys } from './forget-keys.ts'
import { downloadedMedia, dropFromCache, hadByOthers } from './forget-media.ts'
import type { Traces, Whom } from './traces.ts'

/** Deliveries that cannot be stopped any more have so long to end. */
const ENDING_MS = 60_000
const LOOK_AGAIN_MS = 500

export interface ForgetDeps
  extends Pick<State, 'redis' | 'keys' | 'queues' | 'requests' | 'joins' | 'notifier' | 'sentFiles'> {
  db: Pool
  storage: Pick<Storage, 'remove'>
  traces: Traces
}

type Context = Pick<StageContext, 'addedAtMs' | 'failPoint'>

/**
 * Forgets a person. First what they are waiting for is stopped; then the files go that nobody else has had, for only the
 * rows know them; then the rows and the keys. Whatever dies in between, it can be done again from the start.
 */
export function createForget(deps: ForgetDeps) {
  const { redis, keys, db, requests, joins, notifier, traces } = deps
  const nameOf = async (botId: number): Promise<string> =>
    (await redis.hget(keys.botNames, String(botId))) ?? String(botId)

  /** @throws Postpone while a delivery is under way */
  const stopAll = async ({ botId, userId }: Whom, addedAtMs: number): Promise<void> => {
    for (const ticket of await requests.active(botId, userId)) {
      if ((await joins.leave({ ticket, botId, userId })) !== 'over') await notifier.touch(ticket)
    }
    const left = await redis.scard(keys.active(botId, userId))
    if (left > 0 && Date.now() - addedAtMs < ENDING_MS) throw new Postpone(LOOK_AGAIN_MS)
  }

  const dropMedia = async (whom: Whom, bot: string): Promise<number> => {
    const asked = (await traces.requests(whom)).map(({ mediaKey }) => mediaKey).filter(Boolean)
    const had = await downloadedMedia(db, bot, whom.userId)
    const mediaKeys = new Set([...had, ...asked])
    if (mediaKeys.size === 0) return 0
    const byOthers = await hadByOthers(db, bot, whom.userId, [...mediaKeys])
    const { media: askedByOthers } = await traces.sharedWithOthers(whom, { linkHashes: new Set(), mediaKeys })
    const own = [...mediaKeys].filter((key) => !byOthers.has(key) && !askedByOthers.has(key))
    return await dropFromCache(deps, own)
  }

  return {
    /** @returns whether a mark is left, because they may not use the bot */
    async forget(
      whom: Whom,
      { addedAtMs, failPoint }: Context,
    ): Promise<{ isBlocked: boolean; objects: number }> {
      await stopAll(whom, addedAtMs)
      const bot = await nameOf(whom.botId)
      const objects = await dropMedia(whom, bot)
      await forgetPerson(db, { bot, userId: whom.userId })
      failPoint('forgotten')
      const isBlocked = (await redis.hget(keys.person(whom.botId, whom.userId), 'isBlocked')) === '1'
      await forgetKeys(deps, whom)
      return { isBlocked, objects }
    },

    /**
     * What was on its way when they were forgotten, and has arrived since. Somebody who has come back since keeps what
     * they did after `beforeMs`.
     * @throws Postpone while something is still on its way
     */
    async forgetLate(whom: Whom, beforeMs: number): Promise<void> {
      await untilWritten(deps.queues, beforeMs)
      const bot = await nameOf(whom.botId)
      const firstSeen = await redis.hget(keys.person(whom.botId, whom.userId), 'firstSeenMs')
      const isBack = firstSeen !== null && Number(firstSeen) > beforeMs
      await forgetPerson(db, { bot, userId: whom.userId, ...(isBack && { beforeMs }) })
      if (!isBack) await forgetKeys(deps, whom)
      // Their row may be a new one, which does not know what admins have said of them since.
      else await redis.zadd(keys.peopleChanged, Date.now(), `${whom.botId}.${whom.userId}`)
    },
  }
}
