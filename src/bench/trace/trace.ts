/** Something that took a while: a job that waited or ran, a tool, a call of Telegram. */
export interface Span {
  /** The process in which it was; `Telegram` for calls. */
  row: string
  kind: 'waits' | 'runs' | 'tool' | 'call'
  what: string
  /** After the person's message, ms. */
  fromMs: number
  toMs: number
}

/** One delivery, as it went. */
export interface Trace {
  title: string
  spans: Span[]
  /** Commands that a process has sent to Redis, each a round trip or a part of one. */
  roundTrips: { row: string; atMs: number }[]
  /** When the person had the media. */
  deliveredMs: number
}
