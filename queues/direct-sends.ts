import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { Keys } from './keys.ts'
import type { Request } from './request.ts'
import type { Scripts } from './scripts.ts'

/** `direct`: the media of a request that has no ticket. `ticket`: the ticket itself. */
type DirectSend = 'direct' | 'ticket'

/**
 * Who was frozen or killed holds up the next one for so long. A ticket's lease is short because a delivery waits for it,
 * and can be: a ticket that comes too late is taken back.
 */
const LEASE_MS = { direct: 30_000, ticket: 15_000 } as const

/** Each call whose end nobody knows may be one more copy; after so many, the person is told instead. */
const MOST_CALLS = 4
/** What `claim` (`CLAIM_FUNCTION`) takes before the id of who asks. */
export const CLAIM_TERMS = [LEASE_MS.direct, MOST_CALLS]

const MEDIA_LEASED = ['sent', 'wait', 'spent', 'go'] as const
const TicketAnswer = z.tuple([z.enum(['gone', ...MEDIA_LEASED])]).rest(z.string())
const ClaimAnswer = z.tuple([z.enum(['message', 'busy', ...MEDIA_LEASED])]).rest(z.string())

/** The right to make one call, while `holds`. */
export interface DirectLease {
  /** How many calls before this one nobody knows the end of. */
  doubts: number
  /** When it was asked for, by the clock of this process. */
  askedAt: number
  /**
   * How often to ask `holds` while the call runs, so that nobody else begins; null for a ticket: one that takes long is not
   * waited for.
   */
  renewEveryMs: number | null
  /** Asks and renews; false when another one has it, or the message is not wanted any more. */
  holds(): Promise<boolean>
  /** The call is over. False when the message has no place in the chat any more. */
  end(outcome: 'unsent' | 'unknown' | { messageId: number }): Promise<boolean>
}

export type Leased =
  /** It was sent before; the message id of a ticket. */
  | { how: 'sent'; messageId: number | null }
  | { how: 'wait'; waitMs: number }
  /** Too many calls whose end nobody knows. */
  | { how: 'spent' }
  | { how: 'go'; lease: DirectLease }
/** Or there is to be no ticket any more. */
export type TicketLeased = Leased | { how: 'gone' }

/** What a delivery becomes: the ticket, or a message of its own. */
export type Claim =
  | { how: 'message'; messageId: number }
  /** The ticket is being sent. */
  | { how: 'busy' }
  /** There is no ticket, and from now on there will be none. */
  | { how: 'none'; leased: Leased }

type Leasing = Pick<Request, 'ticket' | 'mediaKey'>

export type DirectSends = ReturnType<typeof createDirectSends>

/**
 * Messages that must not come twice. An edit can be repeated; of these, Telegram makes a new one each time. So only the
 * holder of a lease makes the call, and a lease is given anew only when it ran out: then nobody knows.
 */
export function createDirectSends(redis: Redis, scripts: Scripts, keys: Keys) {
  const leasedAs = (
    { ticket, mediaKey }: Leasing,
    what: DirectSend,
    [how, detail = '', doubts = '']: [(typeof MEDIA_LEASED)[number], ...string[]],
    askedAt: number,
  ): Leased => {
    if (how === 'sent') return { how, messageId: detail === '' ? null : Number(detail) }
    if (how === 'wait') return { how, waitMs: Number(detail) }
    if (how !== 'go') return { how }
    const key = [keys.request(ticket)]
    const lease: DirectLease = {
      doubts: Number(doubts),
      askedAt,
      renewEveryMs: what === 'direct' ? LEASE_MS.direct / 3 : null,
      holds: async () => (await scripts.directHold(key, [what, detail, LEASE_MS[what]])) === 1,
      end: async (outcome) => {
        const [word, messageId] =
          typeof outcome === 'string' ? [outcome, ''] : (['sent', outcome.messageId] as const)
        return (await scripts.directEnd(key, [what, detail, word, messageId, mediaKey ?? ''])) === 1
      },
    }
    return { how, lease }
  }

  /** What `claim` has answered to who asked at that moment, by the clock of this process. */
  const claimedAs = (request: Leasing, answer: unknown, askedAt: number): Claim => {
    const [how, ...details] = ClaimAnswer.parse(answer)
    if (how === 'message') return { how, messageId: Number(details[0]) }
    if (how === 'busy') return { how }
    return { how: 'none', leased: leasedAs(request, 'direct', [how, ...details], askedAt) }
  }

  return {
    claimedAs,

    /** For a delivery: its ticket. Where there is none, the lease of the message that comes instead. */
    async claim(request: Leasing): Promise<Claim> {
      const askedAt = performance.now()
      const answer = await scripts.claim([keys.request(request.ticket)], [...CLAIM_TERMS, randomUUID()])
      return claimedAs(request, answer, askedAt)
    },

    /** There is something else to say now: what became of the calls before counts no more. */
    async renewTicketCalls({ ticket }: Pick<Request, 'ticket'>): Promise<void> {
      await redis.hdel(keys.request(ticket), 'ticketCalls')
    },

    /**
     * The lease of the ticket itself.
     * @param again it is to come though the person deleted the last one: there is something that they must know
     */
    async ticketLease(request: Leasing, again = false): Promise<TicketLeased> {
      const askedAt = performance.now()
      const [how, ...details] = TicketAnswer.parse(
        await scripts.ticketLease(
          [keys.request(request.ticket)],
          [LEASE_MS.ticket, MOST_CALLS, randomUUID(), again ? '1' : '0'],
        ),
      )
      return how === 'gone' ? { how } : leasedAs(request, 'ticket', [how, ...details], askedAt)
    },
  }
}
