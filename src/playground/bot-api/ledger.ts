import type { ApiError, ApiSuccess } from '@grammyjs/types'

/** One call of the Bot API. Files stand in `params` as `{ file, sizeBytes }`; the token stands nowhere. */
export interface LedgerEntry {
  seq: number
  /** Unix time in ms, when the call came. */
  at: number
  bot: string
  botId: number
  /** As Telegram spells it; as it came when there is no such method. */
  method: string
  chatId: number | undefined
  params: Readonly<Record<string, unknown>>
  bytesReceived: number
  /** The call had its effect, whatever the caller heard of it. */
  workDone: boolean
  /** What was (or, with a lost answer, would have been) answered; null while the call is under way or was cut off. */
  answer: ApiError | ApiSuccess<unknown> | null
  /** The fault that was played on the call. */
  fault: string | null
  /** Unix time in ms, when the call was over for us. */
  endedAt: number | null
  /** The caller was still there when the answer was sent. */
  wasHeard: boolean
}

/** Long playground sessions poll for ever; only the last calls are kept. */
const KEPT = 20_000

export function createLedger() {
  const entries: LedgerEntry[] = []
  const listeners = new Set<(entry: LedgerEntry) => void>()
  let seq = 0
  return {
    open(call: Pick<LedgerEntry, 'bot' | 'botId' | 'method'>): LedgerEntry {
      seq += 1
      const entry: LedgerEntry = {
        ...call,
        seq,
        at: Date.now(),
        chatId: undefined,
        params: {},
        bytesReceived: 0,
        workDone: false,
        answer: null,
        fault: null,
        endedAt: null,
        wasHeard: false,
      }
      entries.push(entry)
      if (entries.length > KEPT) entries.shift()
      return entry
    },
    close(entry: LedgerEntry): void {
      entry.endedAt = Date.now()
      for (const listener of listeners) listener(entry)
    },
    /** Hears of every call that is over. @returns what ends that */
    onEnd(listener: (entry: LedgerEntry) => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    /** In the order of arrival. */
    entries: (): readonly LedgerEntry[] => entries,
    /** The calls of one method, or of those that the expression matches. */
    of: (method: string | RegExp): LedgerEntry[] =>
      entries.filter((entry) =>
        typeof method === 'string' ? entry.method === method : method.test(entry.method),
      ),
    clear: () => {
      entries.length = 0
    },
  }
}

export type Ledger = ReturnType<typeof createLedger>
