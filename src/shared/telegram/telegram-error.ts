import { HttpError } from 'grammy'
import { z } from 'zod'

/** The gate has no room soon enough, or cannot be asked. Nothing was sent: come back after waitMs. */
export class GateBusy extends Error {
  readonly waitMs: number

  constructor(waitMs: number, options: ErrorOptions = {}) {
    super(`the gate to Telegram is busy for ${waitMs} ms`, options)
    this.name = 'GateBusy'
    this.waitMs = waitMs
  }
}

/** Telegram answered 429: nothing was sent, and the gate is closed for that chat, or for the bot, until then. */
export class FloodWait extends Error {
  readonly retryAfterMs: number
  readonly concerns: 'chat' | 'bot' | 'method'

  constructor(retryAfterMs: number, concerns: 'chat' | 'bot' | 'method') {
    super(`Telegram asks to wait ${retryAfterMs} ms (${concerns})`)
    this.name = 'FloodWait'
    this.retryAfterMs = retryAfterMs
    this.concerns = concerns
  }
}

const Fault = z.object({
  code: z.string().optional(),
  name: z.string().default('Error'),
  message: z.string().default(''),
})
/** Codes of faults before a connection stands. */
const BEFORE_SENDING = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'])
/** node-fetch writes the system call into its message: whatever failed in `connect` has sent nothing. */
const WHILE_CONNECTING = /reason: (connect|getaddrinfo) /

/**
 * There was no answer. `certainlyNotSent`: the request never left; otherwise nobody can know.
 * It replaces grammY's HttpError, whose inner error has the address with the token in its message.
 */
export class ConnectionFault extends Error {
  readonly code: string
  readonly certainlyNotSent: boolean

  constructor(method: string, code: string, certainlyNotSent: boolean) {
    super(`${method} got no answer: ${code}`)
    this.name = 'ConnectionFault'
    this.code = code
    this.certainlyNotSent = certainlyNotSent
  }

  /** Reads whatever a failed request threw. */
  static from(method: string, error: unknown): ConnectionFault {
    const fault = Fault.safeParse(error instanceof HttpError ? error.error : error).data
    const code = fault?.code ?? fault?.name ?? 'unknown'
    const notSent = BEFORE_SENDING.has(code) || WHILE_CONNECTING.test(fault?.message ?? '')
    return new ConnectionFault(method, code, notSent)
  }
}
