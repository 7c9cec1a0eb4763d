import type { Redis } from 'ioredis'
import { z } from 'zod'
import { type Door, LeftOut, QUIET, type Refusal } from './door.ts'
import type { FailureCode } from './failure.ts'
import type { Keys } from './keys.ts'
import { type FormatId, hashed, linkHash, mediaIdOf } from './media.ts'
import type { CalendarDay } from './people/calendar.ts'
import { type Asker, Request, type RequestState, ticketFor } from './request.ts'
import { HashFields, type Scripts } from './scripts.ts'

/** A request outlives its delivery for as long as somebody may quote its code or press its buttons. */
const REQUEST_TTL_MS = 7 * 24 * 3600_000
/** So much longer a code may become when the short ones are taken. */
const MOST_EXTRA = 8
const ASKED = { state: 'asked' satisfies RequestState, round: 1 }

/** How a link stands in its message. */
interface RestOfMessage {
  /** This one, and those after it. */
  links: number
  /** The origin of what tells that links were left out (`leaveOut`). */
  leftOutAs: string
}

/** Counters of days and months are kept so long. */
const DAY_TTL_S = 3 * 24 * 3600
const MONTH_TTL_S = 60 * 24 * 3600

export type RequestStore = ReturnType<typeof createRequestStore>

/** Requests in Redis: the truth about every person's ticket. */
export function createRequestStore(redis: Redis, scripts: Scripts, keys: Keys) {
  const get = async (ticket: string): Promise<Request | null> => {
    const stored = await redis.hgetall(keys.request(ticket))
    return stored.ticket ? Request.parse(stored) : null
  }

  const make = async (
    { botId, userId, ...asker }: Asker,
    origin: string,
    fields: Record<string, string | number> & { linkHash: string },
    { link, door, isOver, rest }: { link?: string; door?: Door; isOver?: true; rest?: RestOfMessage },
  ): Promise<Request | Refusal> => {
    const quiet = asker.chatType === 'private' ? QUIET.private : QUIET.group
    for (let extra = 0; extra <= MOST_EXTRA; extra++) {
      const ticket = ticketFor(origin, extra)
      const answered = await scripts.create(
        [
          keys.request(ticket),
          isOver ? '' : keys.active(botId, userId),
          keys.owed,
          link ? keys.link(fields.linkHash) : '',
          rest ? keys.request(ticketFor(rest.leftOutAs)) : '',
          door ? keys.person(botId, userId) : '',
        ],
        [
          ...[origin, ticket, REQUEST_TTL_MS, link ?? '', door?.most ?? '', keys.request('')],
          ...[rest?.links ?? 0, door?.closed ?? '', door?.linksPerMinute ?? 0, door?.linksPerDay ?? 0],
          ...[quiet.access, quiet.rate],
          ...Object.entries({ botId, userId, ...asker, threadId: asker.threadId ?? '', ...fields }).flat(),
        ],
      )
      const answer = CreateAnswer.parse(answered)
      if (answer[0] === 'made') return Request.parse(answer[1])
      if (answer[0] === 'refused') {
        const [, code, isTold, links, sinceMs] = answer
        return { code, isTold: isTold === '1', links, sinceMs }
      }
    }
    throw new Error('no free ticket code')
  }

  return {
    /** Null when there is none, or it is over for more than a week. */
    get,

    /** Many at once, in the same order. */
    getMany: (tickets: readonly string[]): Promise<(Request | null)[]> => Promise.all(tickets.map(get)),

    /** Makes the request of one link of one update; the same origin again gives the same ticket. */
    async create(asker: Asker, origin: string, linkHash: string, nowMs: number): Promise<string> {
      const request = await make(asker, origin, { ...ASKED, linkHash, createdAtMs: nowMs }, {})
      if (!('ticket' in request)) throw new Error('no cap was asked for')
      return request.ticket
    },

    /**
     * Makes the request of one link, and keeps the link, unless the door is shut, or the person was told that this link is
     * left out: then nothing is kept. Without a door it is always made.
     */
    createWithin: (
      door: Door | null,
      asker: Asker,
      origin: string,
      link: string,
      nowMs: number,
      rest?: RestOfMessage,
    ): Promise<Request | Refusal> =>
      make(
        asker,
        origin,
        { ...ASKED, linkHash: linkHash(link), createdAtMs: nowMs },
        { link, ...(door && { door }), ...(rest && { rest }) },
      ),

    /** Makes what tells a person, once per origin, that links were left out: a request that has failed already. */
    async leaveOut(
      asker: Asker,
      origin: string,
      { leftOut, inWork, failure }: Pick<Request, 'leftOut' | 'inWork'> & { failure: LeftOut },
      nowMs: number,
    ): Promise<Request> {
      const failed = { state: 'failed', failure: failure satisfies FailureCode, round: 1 }
      const request = await make(
        asker,
        origin,
        { ...failed, linkHash: '', leftOut, inWork, createdAtMs: nowMs },
        { isOver: true },
      )
      if (!('ticket' in request)) throw new Error('no cap was asked for')
      return request
    },

    async set(
      ticket: string,
      fields: Partial<Record<Exclude<keyof Request, 'state'>, string | number>>,
    ): Promise<void> {
      await redis.hset(keys.request(ticket), fields)
    },

    /** Takes a pressed format, once; false for a press that came too late. */
    async choose(ticket: string, format: FormatId): Promise<boolean> {
      return (await scripts.choose([keys.request(ticket), keys.owed], [format, ticket])) === 1
    },

    /** Begins a request again whose delivery of `round` found nothing to deliver. Again, it changes nothing. */
    async startOver(ticket: string, round: number): Promise<void> {
      await scripts.startOver([keys.request(ticket)], [round])
    },

    /** Moves a request to another state; false when it is in none of `from` any more, because somebody was faster. */
    async move(ticket: string, from: readonly RequestState[], to: RequestState): Promise<boolean> {
      return (await scripts.move([keys.request(ticket)], [to, ...from])) === 1
    },

    /**
     * Ends a request, if this is still its round, and its generation. A file that came is counted, `on` that day; one
     * that did not come costs its person nothing.
     * @returns `before` when it had ended, `other` when another round or generation is meant by now.
     */
    async settle(
      request: Pick<Request, 'ticket' | 'botId' | 'userId' | 'mediaKey'>,
      end: { state: 'delivered'; on: CalendarDay } | { state: 'failed'; failure: FailureCode },
      meant: { round?: number; generation?: number | null } = {},
    ): Promise<'ended' | 'before' | 'other'> {
      const { ticket, botId, userId, mediaKey } = request
      const failure = end.state === 'failed' ? end.failure : ''
      const counters =
        end.state === 'failed'
          ? []
          : [
              keys.downloadsTotal(userId),
              keys.downloadsOfDay(userId, end.on.day),
              keys.downloadsOfMonth(userId, end.on.month),
              mediaKey ? keys.videoDownloads(hashed(mediaIdOf(mediaKey))) : '',
            ]
      const answer = await scripts.settle(
        [
          keys.request(ticket),
          keys.active(botId, userId),
          keys.owed,
          keys.person(botId, userId),
          ...counters,
        ],
        [
          ...[ticket, end.state, failure, meant.round ?? '', meant.generation ?? ''],
          ...[DAY_TTL_S, MONTH_TTL_S],
        ],
      )
      return SettleAnswer.parse(answer)
    },

    /** Opens the next round of a failed or cancelled request. False when it is neither. */
    async reopen(request: Pick<Request, 'ticket' | 'botId' | 'userId'>): Promise<boolean> {
      const answer = await scripts.reopen(
        [keys.request(request.ticket), keys.active(request.botId, request.userId), keys.owed],
        [request.ticket, '', ''],
      )
      return answer === 1
    },

    /**
     * The same for somebody who asks for it, unless they have `most` requests that are not over: then false, and that
     * is its failure.
     */
    async retry(request: Pick<Request, 'ticket' | 'botId' | 'userId'>, most: number): Promise<boolean> {
      const answer = await scripts.reopen(
        [keys.request(request.ticket), keys.active(request.botId, request.userId), keys.owed],
        [request.ticket, most, keys.request('')],
      )
      return answer !== 2
    },

    /** Whether somebody is to hear that a replay came through; true once. */
    takeReplayed: async (ticket: string): Promise<boolean> =>
      (await redis.hdel(keys.request(ticket), 'replayed')) === 1,

    /** Tickets of people who asked before `beforeMs` (by the clock of Redis) and are still owed something. */
    owed: (beforeMs: number): Promise<string[]> => redis.zrangebyscore(keys.owed, '-inf', beforeMs),

    /** Notes that the person has seen a change, or cannot be shown it. After an end, they are owed nothing more. */
    async shown(ticket: string, view: number): Promise<void> {
      await scripts.shown([keys.request(ticket), keys.owed], [ticket, view])
    },

    /** Takes a ticket without a request (any more) off the list. */
    async forget(ticket: string): Promise<void> {
      await redis.zrem(keys.owed, ticket)
    },

    /** Tickets of one person that are not over. */
    active: (botId: number, userId: number): Promise<string[]> => redis.smembers(keys.active(botId, userId)),
  }
}

const CreateAnswer = z.union([
  z.tuple([z.literal('made'), HashFields]),
  z.tuple([z.literal('taken')]),
  z.tuple([
    z.literal('refused'),
    LeftOut,
    z.enum(['0', '1']),
    z.coerce.number().int(),
    z.coerce.number().int(),
  ]),
])
const SettleAnswer = z.enum(['ended', 'before', 'other'])
