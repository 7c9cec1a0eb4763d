import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { FailureCode } from './failure.ts'
import type { Keys } from './keys.ts'
import type { FormatId } from './media.ts'
import { type Asker, Request, type RequestState, ticketFor } from './request.ts'
import type { Scripts } from './scripts.ts'

/** A request outlives its delivery for as long as somebody may quote its code or press its buttons. */
const REQUEST_TTL_MS = 7 * 24 * 3600_000

export type RequestStore = ReturnType<typeof createRequestStore>

/** Requests in Redis: the truth about every person's ticket. */
export function createRequestStore(redis: Redis, scripts: Scripts, keys: Keys) {
  const get = async (ticket: string): Promise<Request | null> => {
    const stored = await redis.hgetall(keys.request(ticket))
    return stored.ticket ? Request.parse(stored) : null
  }

  return {
    /** Null when there is none, or it is over for more than a week. */
    get,

    /** Makes the request of one link of one update; the same origin again gives the same ticket. */
    async create(asker: Asker, origin: string, linkHash: string, nowMs: number): Promise<string> {
      for (let extra = 0; extra <= 8; extra++) {
        const ticket = ticketFor(origin, extra)
        const answer = await scripts.create(
          [keys.request(ticket), keys.active(asker.botId, asker.userId), keys.owed],
          [
            origin,
            ticket,
            REQUEST_TTL_MS,
            ...Object.entries({ ...asker, threadId: asker.threadId ?? '' }).flat(),
            ...['linkHash', linkHash, 'state', 'asked', 'round', 1, 'createdAtMs', nowMs],
          ],
        )
        if (answer !== 'taken') return ticket
      }
      throw new Error('no free ticket code')
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

    /** Ends a request. False when it had ended before, or `round` is not its round any more. */
    async settle(
      request: Pick<Request, 'ticket' | 'botId' | 'userId'>,
      end: { state: 'delivered' } | { state: 'failed'; failure: FailureCode },
      round?: number,
    ): Promise<boolean> {
      const failure = end.state === 'failed' ? end.failure : ''
      const answer = await scripts.settle(
        [keys.request(request.ticket), keys.active(request.botId, request.userId), keys.owed],
        [request.ticket, end.state, failure, round ?? ''],
      )
      return answer === 1
    },

    /** Opens the next round of a failed or cancelled request. False when it is neither. */
    async reopen(request: Pick<Request, 'ticket' | 'botId' | 'userId'>): Promise<boolean> {
      const answer = await scripts.reopen(
        [keys.request(request.ticket), keys.active(request.botId, request.userId), keys.owed],
        [request.ticket],
      )
      return answer === 1
    },

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

    /**
     * Asks to be the one that puts the first message into the chat. `message`: there is one already. `gone`: there
     * will be none any more. `wait`: somebody is at it. `go`: it is you.
     */
    async claimTicket(ticket: string, who: 'ticket' | 'delivery', nowMs: number) {
      const [how, messageId] = ClaimAnswer.parse(
        await scripts.claimTicket([keys.request(ticket)], [who, nowMs, TICKET_LEASE_MS]),
      )
      return { how, messageId: messageId ? Number(messageId) : null }
    },

    /** Gives a claim back: nothing was sent. */
    async releaseTicket(ticket: string): Promise<void> {
      await redis.hdel(keys.request(ticket), 'ticketClaimedUntilMs')
    },
  }
}

/** Longer than a sendMessage takes; shorter than a person's patience with a delivery that waits for it. */
const TICKET_LEASE_MS = 15_000
const ClaimAnswer = z.tuple([z.enum(['message', 'gone', 'wait', 'go'])]).rest(z.string())
