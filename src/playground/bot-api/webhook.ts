import type { Update } from '@grammyjs/types'
import type { UpdateQueue } from './update-queue.ts'

export interface WebhookSettings {
  url: string
  secretToken: string
  maxConnections: number
}

interface WebhookOptions extends WebhookSettings {
  queue: UpdateQueue
  /** The first wait after a failure; then it doubles. The real server waits 1 s (WebhookActor.cpp, on_update_error). */
  firstRetryMs: number
}

const MAX_RETRY_MS = 60_000
const ANSWER_TIMEOUT_MS = 60_000

/** Updates of one chat, and queries of one person, go one after the other; all others side by side. */
function queueOf(update: Update): string {
  const message = update.message ?? update.edited_message
  if (message) return `chat ${message.chat.id}`
  if (update.my_chat_member) return `member ${update.my_chat_member.chat.id}`
  const from = update.callback_query?.from ?? update.inline_query?.from ?? update.chosen_inline_result?.from
  return `${Object.keys(update)[1]} of ${from?.id}`
}

/** Delivers the updates of a queue to an address until each is answered 2xx. */
export function createWebhook({ url, secretToken, maxConnections, queue, firstRetryMs }: WebhookOptions) {
  const busy = new Set<string>()
  const fails = new Map<string, number>()
  const timers = new Set<NodeJS.Timeout>()
  const stop = new AbortController()
  let connections = 0
  let isPaused = false
  let lastError: { dateS: number; message: string } | null = null

  const send = async (update: Update): Promise<{ error: string; retryAfterS: number } | null> => {
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(secretToken ? { 'x-telegram-bot-api-secret-token': secretToken } : {}),
        },
        body: JSON.stringify(update),
        signal: AbortSignal.any([stop.signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
      })
      await answer.arrayBuffer()
      if (answer.ok) return null
      const error = `Wrong response from the webhook: ${answer.status} ${answer.statusText}`
      return { error, retryAfterS: Number(answer.headers.get('retry-after')) || 0 }
    } catch {
      return { error: 'Webhook connection closed', retryAfterS: 0 }
    }
  }

  const deliver = async (update: Update, key: string) => {
    const fault = await send(update)
    connections -= 1
    if (stop.signal.aborted) return
    if (!fault) {
      fails.delete(key)
      queue.drop(update.update_id)
      busy.delete(key)
      return next()
    }
    lastError = { dateS: Math.floor(Date.now() / 1000), message: fault.error }
    const count = (fails.get(key) ?? 0) + 1
    fails.set(key, count)
    const waitMs = fault.retryAfterS
      ? 1000 * fault.retryAfterS
      : Math.min(MAX_RETRY_MS, firstRetryMs * 2 ** (count - 1))
    const timer = setTimeout(() => {
      timers.delete(timer)
      busy.delete(key)
      next()
    }, waitMs)
    timers.add(timer)
    next()
  }

  const next = () => {
    if (isPaused || stop.signal.aborted) return
    for (const update of queue.pending()) {
      if (connections >= maxConnections) return
      const key = queueOf(update)
      if (busy.has(key)) continue
      busy.add(key)
      connections += 1
      void deliver(update, key)
    }
  }

  const forget = queue.onPush(next)
  next()
  return {
    url,
    maxConnections,
    lastError: () => lastError,
    /** While the server is down nobody hears of it. */
    pause: (paused: boolean) => {
      isPaused = paused
      next()
    },
    stop() {
      forget()
      stop.abort()
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

export type Webhook = ReturnType<typeof createWebhook>
