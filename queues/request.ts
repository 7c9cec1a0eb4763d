import { hash } from 'node:crypto'
import { z } from 'zod'
import { FAILURES, type FailureCode } from './failure.ts'
import { FormatId } from './media.ts'

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

const id = z.coerce.number().int()
const orNull = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === undefined || value === '' ? null : value), schema.nullable())
const orZero = z.preprocess((value) => value ?? 0, id)
const flag = z.preprocess((value) => value === '1', z.boolean())

/** One person asking, in one chat, for one link in one format, as its Redis hash holds it. */
export const Request = z.object({
  ...Asker.shape,
  botId: id,
  chatId: id,
  threadId: orNull(id),
  userId: id,
  messageId: id,
  ticket: Ticket,
  /** Which update it came from, so that a replayed update is the same request. */
  origin: z.string(),
  /** The link itself is kept under its hash, and only there (`facts.ts`). */
  linkHash: z.string(),
  state: RequestState,
  /** Counts from 1; a Retry opens the next round. Job ids carry it, so that a new round is a new job. */
  round: id,
  format: orNull(FormatId),
  /** The format was not asked for: it is what the person always wants, or the only one. */
  byPreference: flag,
  /** Make the next choice the person's standing one. */
  remember: flag,
  mediaKey: orNull(z.string()),
  /** The inspection that it has waited for. */
  inspectKey: orNull(z.string()),
  generation: orNull(id),
  /** The bot's message for this request, null before it is sent. */
  ticketMessageId: orNull(id),
  /** There is no ticket to edit: the person deleted it, or the media came at once. */
  ticketGone: flag,
  failure: orNull(z.enum(Object.keys(FAILURES) as [FailureCode, ...FailureCode[]])),
  /** It stands for so many links of a message that were left out; for `too_many`, because `inWork` requests were not over. */
  leftOut: orZero,
  inWork: orZero,
  /** It was counted against the free downloads of its person, until it ends without a file. */
  charged: flag,
  /** Counted above them: an ad may follow the file (ABOVE_FREE=ad). */
  above: flag,
  /** Above them, it goes on from then on, by the clock of Redis (ABOVE_FREE=wait). */
  waitUntilMs: orZero,
  /** It has run into the free limit, as the first one: when, by the clock of Redis, after how many, and what it was. */
  reachedAtMs: orNull(id),
  reachedUsed: orZero,
  reachedAllowed: orZero,
  /** For `limit_reached`: how many were free, and how many more somebody gets for bringing a person. */
  allowed: orZero,
  bonusEach: orZero,
  /** Counts the changes that the ticket should show; `notify` jobs carry it. */
  view: orZero,
  /** The last change that the person has seen, or cannot be shown. */
  shownView: orZero,
  /** What the ticket shows now (a hash), and since when. */
  shown: orNull(z.string()),
  editedAtMs: orZero,
  /** A delivery without a ticket has arrived. While one is under way, its lease stands beside (`direct-sends.ts`). */
  direct: z.preprocess((value) => value === 'ok', z.boolean()),
  /** How often a delivery was begun again whose workers had died. */
  sendsAgain: orZero,
  /** It had failed, and an operator has replayed it: the person is told when it comes through. */
  replayed: flag,
  createdAtMs: id,
})
export type Request = z.infer<typeof Request>

/** How its link reached us. */
export const askedBy = ({ chatType }: Pick<Request, 'chatType'>) =>
  chatType === 'private' ? 'message' : 'group'

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/**
 * The ticket code of a request, derived from where it came from: the same update gives the same code, whoever
 * computes it. `extraCharacters` lengthens it when the short one belongs to somebody else already.
 */
export function ticketFor(origin: string, extraCharacters = 0): Ticket {
  const digest = hash('sha256', origin, 'buffer')
  let code = ''
  for (const byte of digest.subarray(0, 6 + extraCharacters)) code += CROCKFORD[byte % 32]
  return code
}

/** The origin of what tells that links of an update were left out (`requests.leaveOut`). */
export const leftOutAs = (origin: string) => `${origin}-full`
