import type { FailureCode } from '../../../queues/failure.ts'
import type { RequestState } from '../../../queues/request.ts'

/** What a run has left behind, in Redis and in Telegram: all that the checker knows. Times are ours, in ms. */
export type Facts = {
  asks: AskFact[]
  requests: RequestFact[]
  /** Presses that the bot has confirmed. */
  presses: { ticket: string; action: string }[]
  media: MediaFact[]
  /** What the bot's messages without media say, or said when their reader deleted them. */
  texts: { chatId: number; messageId: number; text: string }[]
  /** Productions that have ended with a file. */
  made: { mediaKey: string; generation: number; addedAtMs: number; endedAtMs: number }[]
  outages: Outage[]
}

/** One message of a person, with links. */
export type AskFact = {
  id: number
  /** The update that told the bot of it, when the bot has confirmed that. */
  acceptedUpdateId: number | null
  links: number
  /** The bot could not write there all the time: its person had blocked it. */
  wasBlocked: boolean
}

export type RequestFact = {
  ticket: string
  /** The message that it comes from; null when it is none that we know. */
  askId: number | null
  /** Which of the message's links. */
  index: number
  state: RequestState
  failure: FailureCode | null
  chatId: number
  /** Its ticket, when there is one. */
  ticketMessageId: number | null
  mediaKey: string | null
}

/** A message with a media in it, which answers a person's. */
export type MediaFact = {
  askId: number | null
  chatId: number
  messageId: number
  /** What the media is called; links of one message have different ones. */
  name: string
  /** The call that made the message, when it was a message of its own and not a ticket before. */
  sentBy: CallFact | null
}

export type CallFact = {
  seq: number
  atMs: number
  endedAtMs: number
  /** What was played on it. */
  fault: string | null
  /** Its answer found somebody to hear it. */
  wasHeard: boolean
}

/** When something was not what it should be. */
export type Outage = { of: 'send' | 'redis' | 'telegram' | 'files'; fromMs: number; toMs: number }

export type Violation = {
  kind: 'lost' | 'duplicated' | 'untold'
  ticket: string | null
  /** For people; no links, no texts. */
  what: string
}

export type Verdict = { violations: Violation[]; extra: number }
