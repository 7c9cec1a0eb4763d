import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { LATE_MS } from './gate-limits.ts'
import { NO_CHAT, PENALIZE, TAKE } from './gate-script.ts'
import { GateBusy } from './telegram-error.ts'

/** While Redis is away nothing can pass. */
const REDIS_AWAY_MS = 1000

const Answer = z.tuple([z.number(), z.number()])

export interface Passage {
  /** Null when the call names no chat (edits of inline messages). */
  chatId: number | string | null
  /** Media that people wait for; such a call may reserve its slot ahead. Others pass only when no slot is reserved. */
  isDelivery: boolean
}

/** What a script needs that takes a slot in a step of its own (`TAKE_FUNCTION`). */
export interface SlotTerms {
  gate: string
  callId: string
  /** How long the call can wait. */
  patienceMs: number
  /** By the clock of this process. */
  askedAt: number
}

/** What such a script was answered. It is good for one call. */
export interface Slot extends Pick<SlotTerms, 'callId' | 'askedAt'> {
  answeredAt: number
  verdict: [verdict: number, waitMs: number]
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
  const take = script(redis, 'gateTake', TAKE)
  const punish = script(redis, 'gatePenalize', PENALIZE)
  const slotTerms = (): SlotTerms => ({
    ...{ gate: base, callId: randomUUID(), patienceMs: holdMs, askedAt: performance.now() },
  })

  return {
    /** For a script that lets a message go in the step that decides over it. */
    slotTerms,

    /**
     * Returns when the message may be sent, now.
     * @param slot what was answered for it already
     * @throws GateBusy when that would take longer than holdMs; nothing is reserved then.
     */
    async pass({ chatId, isDelivery }: Passage, signal?: AbortSignal, slot?: Slot): Promise<void> {
      const { callId, askedAt } = slot ?? slotTerms()
      const chat = chatId ?? NO_CHAT + callId
      const ask = () => {
        const patienceMs = Math.max(0, Math.ceil(holdMs - (performance.now() - askedAt)))
        return away(take([base, chat, callId, patienceMs, isDelivery ? '1' : '0']))
      }
      const isFresh = slot && performance.now() - slot.answeredAt < LATE_MS
      for (let answer = isFresh ? slot.verdict : await ask(); ; answer = await ask()) {
        const [verdict, waitMs] = answer
        if (verdict === 1) return
        if (verdict === -1) throw new GateBusy(waitMs)
        // A slot that was reserved is looked at again when it comes: there may be a pause by then, or it may be over.
        await sleep(waitMs, undefined, signal ? { signal } : {})
      }
    },

    /** Obeys a 429. Returns what it was taken to concern (the rule stands at PENALIZE). */
    async penalize(chatId: number | string | null, retryAfterMs: number): Promise<'chat' | 'bot'> {
      const all = await punish([base, chatId ?? NO_CHAT, retryAfterMs])
      return all === 1 ? 'bot' : 'chat'
    },
  }
}

/** Runs a script by its hash, and sends the text only to a server that does not know it yet. */
function script(redis: Redis, name: string, lua: string) {
  const command = `clipferry_${name}`
  redis.defineCommand(command, { lua })
  // defineCommand adds a method that the type does not know.
  const call: unknown = Reflect.get(redis, command)
  if (typeof call !== 'function') throw new Error(`the script ${name} could not be defined`)
  return async (args: readonly (string | number)[]): Promise<unknown> => await call.call(redis, 0, ...args)
}

async function away(answer: Promise<unknown>): Promise<[number, number]> {
  try {
    return Answer.parse(await answer)
  } catch (cause) {
    throw new GateBusy(REDIS_AWAY_MS, { cause })
  }
}
