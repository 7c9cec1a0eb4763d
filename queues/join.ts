import type { Redis } from 'ioredis'
import { z } from 'zod'
import { type Cost, costOf, NO_LIMIT, type Quota } from './cost.ts'
import type { Keys } from './keys.ts'
import type { Request } from './request.ts'
import type { Scripts } from './scripts.ts'
import type { StoredObject } from './stages/upload.ts'

/**
 * Joining: many requests, one piece of work. What is joined is a key: a media key (a production) or
 * `inspect.<link hash>` (an inspection). Each start gets a generation number that is never reused.
 */
export type Joined =
  /** The request has left, or is over. */
  | { how: 'gone' }
  /** Its person may not use the bot any more. */
  | { how: 'blocked' }
  /** Above the free downloads: refused, or not before `untilMs` (by the clock of Redis). */
  | { how: 'stop'; cost: Cost }
  | { how: 'later'; untilMs: number; cost: Cost }
  /** This bot has a file_id. */
  | { how: 'file' }
  /** It is there. */
  | { how: 'cached'; generation: number }
  /** Somebody is at it, or (`started`) it is this request's turn to begin; both must see that the flow exists. */
  | { how: 'waiting'; started: boolean; generation: number; starter: string; confirmed: boolean; cost: Cost }

const JoinAnswer = z
  .tuple([z.enum(['gone', 'blocked', 'file', 'cached', 'stop', 'later', 'joined', 'start'])])
  .rest(z.string())
const LeaveAnswer = z.tuple([z.enum(['over', 'left', 'cancelled'])]).rest(z.string())

/** Waiters of work that never ends are forgotten after this; the reconciler has found them long before. */
const WAITERS_TTL_MS = 24 * 3600_000

/** As long as dead letters are kept. */
const TOLD_TTL_MS = 7 * 24 * 3600_000

export const inspectionKey = (linkHash: string) => `inspect.${linkHash}`

export type Joins = ReturnType<typeof createJoins>

export function createJoins(redis: Redis, scripts: Scripts, keys: Keys) {
  const join = async (
    request: Pick<Request, 'ticket'>,
    key: string,
    kind: { waiting: string; hit: string; field: string; file: string; person: string },
    nowMs: number,
    { free, test, above, waitMs }: Quota = NO_LIMIT,
  ): Promise<Joined> => {
    const answer = JoinAnswer.parse(
      await scripts.join(
        [
          keys.request(request.ticket),
          keys.shared(key),
          keys.waiters(key),
          keys.inflight,
          keys.generation,
          kind.file,
          kind.person,
        ],
        [
          ...[request.ticket, key, kind.waiting, kind.hit, nowMs, WAITERS_TTL_MS, kind.field],
          ...[free, test, above, waitMs],
        ],
      ),
    )
    const [how, ...rest] = answer
    if (how === 'gone' || how === 'blocked' || how === 'file') return { how }
    if (how === 'cached') return { how, generation: Number(rest[0]) }
    if (how === 'stop') return { how, cost: costOf(rest) }
    if (how === 'later') return { how, untilMs: Number(rest[2]), cost: costOf(rest) }
    const [generation, starter = '', confirmed, ...cost] = rest
    return {
      how: 'waiting',
      started: how === 'start',
      generation: Number(generation),
      starter,
      confirmed: confirmed === '1',
      cost: costOf(cost),
    }
  }

  return {
    /**
     * Known file_id, known object, a running production, or a new one: decided and recorded in one step, and counted
     * when it is work. Without a quota nothing is counted.
     */
    joinProduction: (
      request: Pick<Request, 'ticket' | 'botId'> & Partial<Pick<Request, 'userId'>>,
      mediaKey: string,
      nowMs: number,
      quota?: Quota,
    ) =>
      join(
        request,
        mediaKey,
        {
          waiting: 'producing',
          hit: 'delivering',
          field: 'mediaKey',
          file: keys.file(request.botId, mediaKey),
          person: request.userId === undefined ? '' : keys.person(request.botId, request.userId),
        },
        nowMs,
        quota,
      ),

    joinInspection: (request: Pick<Request, 'ticket'>, linkHash: string, nowMs: number) =>
      join(
        request,
        inspectionKey(linkHash),
        { waiting: 'inspecting', hit: '', field: 'inspectKey', file: '', person: '' },
        nowMs,
      ),

    /** Says that the flow of a generation exists, so that those who join need not look. */
    async confirm(key: string, generation: number): Promise<void> {
      await scripts.atGeneration([keys.shared(key)], [generation, 'confirmed', '1'])
    },

    /** The flow of a generation is not there after all: the next one to join makes it again. */
    async unconfirm(key: string, generation: number): Promise<void> {
      await scripts.atGeneration([keys.shared(key)], [generation, 'confirmed', '0'])
    },

    /**
     * Ends a generation and takes its waiters. `fields` are kept for whoever comes later (a string each), for
     * `ttlMs` (0: until they are thrown away). Without `fields`, the next one to ask starts anew.
     * The same tickets come again until `drained` was called.
     */
    async finish(
      key: string,
      generation: number,
      end: { fields: Record<string, string> | null; ttlMs: number; from: string; to: string },
    ): Promise<string[]> {
      return z
        .array(z.string())
        .parse(
          await scripts.finish(
            [keys.shared(key), keys.waiters(key), keys.drain(key, generation), keys.inflight],
            [
              generation,
              key,
              end.fields ? 'cached' : 'ended',
              end.ttlMs,
              keys.request(''),
              end.from,
              end.to,
              ...Object.entries(end.fields ?? {}).flat(),
            ],
          ),
        )
    },

    async drained(key: string, generation: number): Promise<void> {
      await redis.del(keys.drain(key, generation))
    },

    /** Like `drained`, of a generation that failed: who was told is remembered, should an operator mend it. */
    async told(key: string, generation: number): Promise<void> {
      const drain = keys.drain(key, generation)
      if (!(await redis.exists(drain))) return
      const told = keys.told(key, generation)
      await redis.multi().rename(drain, told).pexpire(told, TOLD_TTL_MS).exec()
    },

    /**
     * The file of a generation is in the cache from now on.
     * @returns `unknown` when nobody will ever ask for it; `last` when people have their file already, and the
     * artifact has done its work.
     */
    async stored(
      key: string,
      generation: number,
      { media, thumbnail }: { media: StoredObject; thumbnail: StoredObject | null },
    ): Promise<'unknown' | 'noted' | 'last'> {
      const answer = await scripts.stored(
        [keys.shared(key)],
        [generation, JSON.stringify(media), JSON.stringify(thumbnail)],
      )
      return answer === 0 ? 'unknown' : answer === 2 ? 'last' : 'noted'
    },

    /** Somebody has their file. @returns whether it is in the cache too: the artifact has done its work. */
    delivered: async (key: string, generation: number): Promise<boolean> =>
      (await scripts.delivered([keys.shared(key)], [generation])) === 1,

    /** Takes one person out; the last one out cancels the work, and the workers hear of it. */
    async leave(
      request: Pick<Request, 'ticket' | 'botId' | 'userId'>,
    ): Promise<'over' | 'left' | 'cancelled'> {
      const [how, generation, starter] = LeaveAnswer.parse(
        await scripts.leave(
          [
            keys.request(request.ticket),
            keys.active(request.botId, request.userId),
            keys.inflight,
            keys.owed,
            keys.person(request.botId, request.userId),
          ],
          [request.ticket, keys.prefix],
        ),
      )
      if (how === 'cancelled') await redis.publish(keys.cancelled, `${starter}-${generation}`)
      return how
    },

    /** Whether anybody still waits for this generation: it may be cancelled, and another one at work by now. */
    async isWanted(key: string, generation: number): Promise<boolean> {
      const [state, current] = await redis.hmget(keys.shared(key), 'state', 'generation')
      return state === 'inflight' && current === String(generation)
    },

    /** Everyone who waits for a key now. */
    waiters: (key: string): Promise<string[]> => redis.smembers(keys.waiters(key)),

    /** What is kept under a key (the `fields` of `finish`), with `state` and `generation`. */
    shared: (key: string): Promise<Record<string, string>> => redis.hgetall(keys.shared(key)),

    /** A cached file that is missing or damaged is a miss: the next one to ask starts anew. */
    async forget(key: string, generation: number): Promise<void> {
      await scripts.atGeneration([keys.shared(key)], [generation, '', ''])
    },
  }
}
