/**
 * Every text and the variables it needs, with a question mark where null is fine (nobody knows it; the text says so in
 * its own way). `failure-<code>` texts need none. A test holds the locale files to this.
 */
export const MESSAGES = {
  start: [],
  help: [],
  'one-moment': [],
  'cancel-none': [],
  'cancel-done': ['count'],
  'links-cut': ['count'],
  'links-refused': ['count', 'reason'],
  'quality-none': [],
  'quality-current': ['format'],
  'quality-cleared': [],
  'toast-accepted': [],
  'toast-cancelling': [],
  'toast-retrying': [],
  'toast-remember-on': [],
  'toast-remember-off': [],
  'toast-not-yours': [],
  'toast-expired': [],
  'ticket-inspecting': [],
  /** duration: see `clock` */
  'ticket-choose': ['title', 'duration?'],
  'ticket-queued': ['position'],
  'ticket-fetching': ['percent?', 'doneMb?', 'totalMb?'],
  'ticket-transcoding': ['percent?'],
  'ticket-sending': [],
  'ticket-cancelled': [],
  /** reason: the text of `failure-<code>`; ticket: its code */
  'ticket-failed': ['reason', 'ticket'],
  /** in place of a reason: links of a message that were left out, and how many requests are not over */
  'ticket-left-out': ['count', 'inWork'],
  'ticket-good-news': [],
  'button-cancel': [],
  'button-retry': [],
  'button-other': [],
  'button-video': ['height', 'sizeMb?'],
  'button-best': ['sizeMb?'],
  'button-audio': ['codec', 'sizeMb?'],
  'button-remember-off': [],
  'button-remember-on': [],
  'button-forget': [],
  'format-video': ['height'],
  'format-best': [],
  'format-audio': ['codec'],
  'command-start': [],
  'command-help': [],
  'command-quality': [],
  'command-cancel': [],
} as const

export type MessageKey = keyof typeof MESSAGES | `failure-${string}`

type Params<Name extends string> = {
  [N in Name as N extends `${infer Known}?` ? Known : N]: N extends `${string}?`
    ? string | number | null
    : string | number
}

export type MessageParams<K extends MessageKey> = K extends keyof typeof MESSAGES
  ? Params<(typeof MESSAGES)[K][number]>
  : Record<never, never>
