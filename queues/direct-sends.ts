import { z } from 'zod'
import type { Keys } from './keys.ts'
import type { Request } from './request.ts'
import type { Scripts } from './scripts.ts'

/** `direct`: the media of a request that has no ticket. `ticket`: the ticket itself. */
export type DirectSend = 'direct' | 'ticket'

/**
 * Who was frozen or killed holds up the next one for so long. A ticket's lease is short because a delivery waits for it,
 * and can be: a ticket that comes too late is taken back.
 */
const LEASE_MS = { direct: 30_000, ticket: 15_000 } as const

/** Each call whose end nobody knows may be one more copy; after so many, the person is told instead. */
const MOST_CALLS = 4

const LeaseAnswer = z.tuple([z.enum(['sent', 'gone', 'wait', 'spent', 'go'])]).rest(z.string())

/** The right to make one call, while `holds`. */
export interface DirectLease {
  /** How many calls before this one nobody knows the end of. */
  doubts: number
  /** For a direct send: how often to ask `holds` while the call runs, so that nobody else begins. */
  renewEveryMs: number
  /** Asks and renews; false when another one has it, or the message is not wanted any more. */
  holds(): Promise<boolean>
  /** The call is over. False when the message has no place in the chat any more. */
  end(outcome: 'unsent' | 'unknown' | { messageId: number }): Promise<boolean>
}

export type Leased =
  /** It was sent before; the message id of a ticket. */
  | { how: 'sent'; messageId: number | null }
  /** There is to be no ticket any more; for media, that there is one, or may be one. */
  | { how: 'gone' }
  | { how: 'wait'; waitMs: number }
  /** Too many calls whose end nobody knows. */
  | { how: 'spent' }
  | { how: 'go'; lease: DirectLease }

export type DirectSends = ReturnType<typeof createDirectSends>

/**
 * Messages that must not come twice. An edit can be repeated; of these, Telegram makes a new one each time. So only the
 * holder of a lease makes the call, and a lease is given anew only when it ran out: then nobody knows.
 */
export function createDirectSends(scripts: Scripts, keys: Keys) {
  return {
    /** @param again a ticket is to come though the person deleted the last one: there is something that they must know */
    async lease(
      { ticket, mediaKey }: Pick<Request, 'ticket' | 'mediaKey'>,
      what: DirectSend,
      { again = false } = {},
    ): Promise<Leased> {
      const key = [keys.request(ticket)]
      const [how, detail = '', doubts = ''] = LeaseAnswer.parse(
        await scripts.directLease(key, [what, LEASE_MS[what], MOST_CALLS, again ? '1' : '0']),
      )
      if (how === 'sent') return { how, messageId: detail === '' ? null : Number(detail) }
      if (how === 'wait') return { how, waitMs: Number(detail) }
      if (how !== 'go') return { how }
      const lease: DirectLease = {
        doubts: Number(doubts),
        renewEveryMs: LEASE_MS[what] / 3,
        holds: async () => (await scripts.directHold(key, [what, detail, LEASE_MS[what]])) === 1,
        end: async (outcome) => {
          const [word, messageId] =
            typeof outcome === 'string' ? [outcome, ''] : (['sent', outcome.messageId] as const)
          return (await scripts.directEnd(key, [what, detail, word, messageId, mediaKey ?? ''])) === 1
        },
      }
      return { how, lease }
    },
  }
}
