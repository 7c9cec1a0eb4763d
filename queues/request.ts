import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { FormatId } from './media.ts'

/** The states of a request, in the order of its life. The last three are final (Retry opens a new round). */
export const RequestState = z.enum([
  'asked',
  'inspecting',
  'choosing',
  'producing',
  'delivering',
  'delivered',
  'failed',
  'cancelled',
])
export type RequestState = z.infer<typeof RequestState>

/** Short code of a request: Crockford base32 without the letters that people mistake for digits. */
export const Ticket = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{6,18}$/)
export type Ticket = z.infer<typeof Ticket>

export const Language = z.enum(['en', 'ru'])
export type Language = z.infer<typeof Language>

export const ChatType = z.enum(['private', 'group', 'supergroup', 'channel'])

/** Who asked, where: what every request carries from the update on. */
export const Asker = z.object({
  botId: z.number().int(),
  chatId: z.number().int(),
  chatType: ChatType,
  threadId: z.number().int().nullable(),
  userId: z.number().int(),
  language: Language,
  /** The person's message that holds the link: the ticket answers it. */
  messageId: z.number().int(),
})
export type Asker = z.infer<typeof Asker>

/** One person asking, in one chat, for one link in one format. Kept in Redis until well after its end. */
export interface Request extends Asker {
  ticket: Ticket
  /** Which update it came from, so that a replayed update is the same request. */
  origin: string
  /** The link itself is kept under its hash, and only there. */
  linkHash: string
  state: RequestState
  /** Counts from 1; a Retry opens the next round. Job ids carry it, so that a new round is a new job. */
  round: number
  format: FormatId | null
  mediaId: string | null
  mediaKey: string | null
  generation: number | null
  /** The bot's message for this request: an id, or null before it is sent. */
  ticketMessageId: number | null
  /** True once nothing more can be edited: the person deleted the ticket, or the media came without one. */
  ticketGone: boolean
  failure: string | null
  createdAtMs: number
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/**
 * The ticket code of a request, derived from where it came from: the same update gives the same code, whoever
 * computes it. `extraCharacters` lengthens it when the short one belongs to somebody else already.
 */
export function ticketFor(origin: string, extraCharacters = 0): Ticket {
  const digest = createHash('sha256').update(origin).digest()
  return [...digest.subarray(0, 6 + extraCharacters)].map((byte) => CROCKFORD[byte % 32]).join('')
}
