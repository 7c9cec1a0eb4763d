import { GrammyError, type Transformer } from 'grammy'
import { z } from 'zod'
import { clientSignal, platformSignal } from './client-signal.ts'
import type { Gate } from './gate.ts'
import { lastCheck } from './last-check.ts'
import { takenSlot } from './taken-slot.ts'
import { ConnectionFault, FloodWait } from './telegram-error.ts'

/** What counts against Telegram's limits: messages. Answers to buttons, chat actions, getUpdates are free. */
const MESSAGE = /^(send|edit|copy|forward)(?!ChatAction)/
/** What people wait for; it goes before texts. */
const DELIVERY =
  /^(send(Video|Audio|Document|Animation|Voice|VideoNote|Photo|MediaGroup|PaidMedia)|editMessageMedia|(copy|forward)Messages?)$/
/** A call that moves no file is over in seconds; a connection that hangs must not block for half an hour. */
const SHORT_CALL_MS = 60_000

const Fields = z.object({
  chat_id: z.union([z.number(), z.string()]).optional(),
  timeout: z.number().optional(),
})

/**
 * Lets messages pass one by one, and makes errors harmless: none carries the token, the address or the payload.
 * @throws GateBusy, FloodWait, ConnectionFault, GrammyError (with an empty payload); see `classify`.
 */
export function gateTransformer(gate: Gate): Transformer {
  return async (prev, method, payload, signal) => {
    const { chat_id: chatId = null, timeout: pollS = 0 } = Fields.safeParse(payload).data ?? {}
    const isDelivery = DELIVERY.test(method)
    const isMessage = MESSAGE.test(method)
    const given = signal ? [platformSignal(signal)] : []
    if (isMessage) {
      await gate.pass({ chatId, isDelivery }, given[0], isDelivery ? takenSlot() : undefined)
      await lastCheck()
    }
    given[0]?.throwIfAborted()

    const limit = isDelivery ? [] : [AbortSignal.timeout(SHORT_CALL_MS + 1000 * pollS)]
    const signals = [...given, ...limit]
    const either = signals.length > 1 ? AbortSignal.any(signals) : signals[0]
    const answer = await prev(method, payload, either && clientSignal(either)).catch((error: unknown) => {
      throw ConnectionFault.from(method, error)
    })
    if (answer.ok) return answer
    if (answer.error_code === 429) {
      const retryAfterMs = 1000 * (answer.parameters?.retry_after ?? 1)
      throw new FloodWait(retryAfterMs, isMessage ? await gate.penalize(chatId, retryAfterMs) : 'method')
    }
    throw new GrammyError(`${method} failed`, answer, method, {})
  }
}
