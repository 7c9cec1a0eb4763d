import { tooManyRequests } from './api-error.ts'

/**
 * What Telegram allows (core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this): 30 messages a
 * second for a bot, 20 a minute for a group, one a second for a person with short bursts. How short is not said;
 * three at once is less than what has been seen to pass.
 */
const BOT = { calls: 30, windowMs: 1000 }
const GROUP = { calls: 20, windowMs: 60_000 }
const PERSON = { spacingMs: 1000, burst: 3 }

/** Messages count; answers to buttons, chat actions, deletions and getters do not. */
const COUNTED = /^(send(?!ChatAction)|edit|copy|forward)/

export type FloodMode = 'telegram' | 'off'

/** The limits of one server. A refused call is not counted. `clock` gives ms that never go back. */
export function createFlood(mode: FloodMode, clock: () => number = () => performance.now()) {
  const windows = new Map<string, number[]>()
  const dueTimes = new Map<string, number>()

  const windowWaitMs = (key: string, { calls, windowMs }: typeof BOT, now: number) => {
    const recent = (windows.get(key) ?? []).filter((at) => at > now - windowMs)
    windows.set(key, recent)
    const oldest = recent[recent.length - calls]
    return oldest === undefined ? 0 : oldest + windowMs - now
  }

  return {
    /** @throws ApiError 429 with retry_after, in whole seconds as Telegram gives it. */
    check(call: { method: string; botId: number; chatId: number | undefined }) {
      if (mode === 'off' || !COUNTED.test(call.method)) return
      const now = clock()
      const bot = `${call.botId}`
      const chat = call.chatId === undefined ? null : `${call.botId}:${call.chatId}`
      const isGroup = (call.chatId ?? 0) < 0
      const dueMs = chat === null || isGroup ? now : Math.max(now, dueTimes.get(chat) ?? 0)
      const waitMs = Math.max(
        windowWaitMs(bot, BOT, now),
        chat !== null && isGroup ? windowWaitMs(chat, GROUP, now) : 0,
        dueMs - now - (PERSON.burst - 1) * PERSON.spacingMs,
      )
      if (waitMs > 0) throw tooManyRequests(Math.max(1, Math.ceil(waitMs / 1000)))
      windows.get(bot)?.push(now)
      if (chat !== null && isGroup) windows.get(chat)?.push(now)
      if (chat !== null && !isGroup) dueTimes.set(chat, dueMs + PERSON.spacingMs)
    },
  }
}

export type Flood = ReturnType<typeof createFlood>
