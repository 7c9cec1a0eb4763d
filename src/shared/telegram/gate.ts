import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { PENALIZE, TAKE } from './gate-script.ts'
import { GateBusy } from './telegram-error.ts'

/**
 * What Telegram allows: 30 messages a second for a bot, one a second for a chat with short bursts, 20 a minute for
 * a group (core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this).
 * The bot gets 28 evenly spaced ones: a burst would save 70 ms at best, and the two that are left are for messages
 * that reach Telegram a little late.
 */
const BOT_SPACING_MS = 36
const PRIVATE_CHAT = { spacingMs: 1050, burst: 2 }
const GROUP = { spacingMs: 3500, burst: 3 }
/** A slot may be used this late; then it is taken anew. */
const LATE_MS = 20
/** While Redis is away nothing can pass. */
const REDIS_AWAY_MS = 1000

const Answer = z.tuple([z.number(), z.number()])

export interface Passage {
  /** Null when the call names no chat (edits of inline messages). */
  chatId: number | string | null
  /** Media that people wait for; such a call may reserve its slot ahead. Others pass only when no slot is reserved. */
  isDelivery: boolean
}

interface GateOptions {
  redis: Redis
  prefix: string
  botId: number
  /** Waits up to this long are slept in place. */
  holdMs: number
}

export type Gate = ReturnType<typeof createGate>

/** The one gate before Telegram, shared through Redis by all processes of a bot. */
export function createGate({ redis, prefix, botId, holdMs }: GateOptions) {
  const base = `${prefix}:gate:${botId}`
  const limitOf = (chatId: number | string | null) =>
    chatId === null || (typeof chatId === 'number' && chatId > 0) || /^\d+$/.test(`${chatId}`)
      ? PRIVATE_CHAT
      : GROUP
  // A call without a chat gets a chat of its own: only the bot's limit concerns it.
  const chatKey = (chatId: number | string | null) => `${base}:chat:${chatId ?? randomUUID()}`

  return {
    /**
     * Returns when the message may be sent, now.
     * @throws GateBusy when that would take longer than holdMs; nothing is reserved then.
     */
    async pass({ chatId, isDelivery }: Passage, signal?: AbortSignal): Promise<void> {
      const id = randomUUID()
      const limit = limitOf(chatId)
      const key = chatKey(chatId)
      const startedAt = performance.now()
      for (;;) {
        const patienceMs = Math.max(0, Math.ceil(holdMs - (performance.now() - startedAt)))
        const [verdict, waitMs] = await away(
          redis.eval(
            TAKE,
            4,
            `${base}:calendar`,
            `${base}:pause`,
            key,
            `${key}:pause`,
            id,
            BOT_SPACING_MS,
            limit.spacingMs,
            limit.burst,
            patienceMs,
            isDelivery ? '1' : '0',
            LATE_MS,
          ),
        )
        if (verdict === 1) return
        if (verdict === -1) throw new GateBusy(waitMs)
        await sleep(waitMs, undefined, signal ? { signal } : {})
      }
    },

    /** Obeys a 429. Returns what it was taken to concern (the rule stands at PENALIZE). */
    async penalize(chatId: number | string | null, retryAfterMs: number): Promise<'chat' | 'bot'> {
      const limit = limitOf(chatId)
      const key = chatKey(chatId)
      const all = await redis.eval(
        PENALIZE,
        4,
        `${base}:refused`,
        `${base}:pause`,
        key,
        `${key}:pause`,
        chatId ?? 'inline',
        retryAfterMs,
        limit.spacingMs,
        limit.burst,
      )
      return all === 1 ? 'bot' : 'chat'
    },
  }
}

async function away(answer: Promise<unknown>): Promise<[number, number]> {
  try {
    return Answer.parse(await answer)
  } catch (cause) {
    throw new GateBusy(REDIS_AWAY_MS, { cause })
  }
}
