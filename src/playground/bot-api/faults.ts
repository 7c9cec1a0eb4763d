/** What goes wrong with a call. */
export type Fault =
  /** The work is done, the answer comes late: after so many ms, or when the promise is settled. */
  | { kind: 'late_answer'; delayMs: number }
  | { kind: 'late_answer'; until: Promise<unknown> }
  /** The call waits, unread by the work, for the promise. */
  | { kind: 'late_work'; until: Promise<unknown> }
  /** The work is done, then the connection is dropped. */
  | { kind: 'lost_answer' }
  /** 429; nothing is done. */
  | { kind: 'flood'; retryAfterS: number }
  /** An error of the server, before or after the work. */
  | { kind: 'error_before'; code?: number; description?: string }
  | { kind: 'error_after'; code?: number; description?: string }
  /** RST when so many bytes of the body have come; nothing is done. Matched by method and bot only: the rest is not read yet. */
  | { kind: 'reset_upload'; afterBytes: number }

export interface FaultedCall {
  method: string
  botId: number
  chatId: number | undefined
  params: Readonly<Record<string, unknown>>
}

export interface FaultMatch {
  /** The name of a method, or an expression over names. */
  method?: string | RegExp
  botId?: number
  chatId?: number
  when?: (call: FaultedCall) => boolean
  /** How many calls it is played on; 1 by default, Infinity for all. */
  times?: number
  /** How many matching calls are let through first. */
  skip?: number
}

interface Rule {
  match: FaultMatch
  fault: Fault
  seen: number
  hits: number
}

export interface FaultHandle {
  /** How often it was played. */
  hits: () => number
  remove: () => void
}

/** Faults on demand. `power` switches the whole server off (connections are refused) and on again, on the same port. */
export function createFaults(power: { down: () => Promise<void>; up: () => Promise<void> }) {
  let rules: Rule[] = []

  const fits = ({ match }: Rule, call: FaultedCall) => {
    if (typeof match.method === 'string' && match.method !== call.method) return false
    if (match.method instanceof RegExp && !match.method.test(call.method)) return false
    if (match.botId !== undefined && match.botId !== call.botId) return false
    if (match.chatId !== undefined && match.chatId !== call.chatId) return false
    return match.when?.(call) ?? true
  }
  const take = (call: FaultedCall, isUpload: boolean): Fault | null => {
    for (const rule of rules) {
      if ((rule.fault.kind === 'reset_upload') !== isUpload || !fits(rule, call)) continue
      rule.seen += 1
      if (rule.seen <= (rule.match.skip ?? 0) || rule.hits >= (rule.match.times ?? 1)) continue
      rule.hits += 1
      return rule.fault
    }
    return null
  }

  return {
    ...power,
    /** Plays the fault on the calls that match; the first rule that fits wins. */
    add(match: FaultMatch, fault: Fault): FaultHandle {
      const rule: Rule = { match, fault, seen: 0, hits: 0 }
      rules.push(rule)
      return {
        hits: () => rule.hits,
        remove: () => {
          rules = rules.filter((other) => other !== rule)
        },
      }
    },
    clear: () => {
      rules = []
    },
    /** For the server: the fault of a call whose body has not come yet. */
    ofUpload(call: Pick<FaultedCall, 'method' | 'botId'>) {
      const fault = take({ ...call, chatId: undefined, params: {} }, true)
      return fault?.kind === 'reset_upload' ? fault : null
    },
    /** For the server: the fault of a call. */
    ofCall: (call: FaultedCall) => take(call, false),
  }
}

export type Faults = ReturnType<typeof createFaults>
