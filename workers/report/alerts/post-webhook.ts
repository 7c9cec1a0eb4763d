import { setTimeout as sleep } from 'node:timers/promises'

const TIMEOUT_MS = 10_000
const TRIES = 3
const FIRST_WAIT_MS = 500

/**
 * Posts JSON. Follows no redirect: what it says is meant for the one who was named.
 * @throws Error, without the address, when it was not taken after some tries
 */
export async function postWebhook(url: string, body: unknown, signal: AbortSignal): Promise<void> {
  for (let tried = 1; ; tried++) {
    const failure = await attempt(url, body, signal)
    if (failure === null) return
    signal.throwIfAborted()
    if (tried === TRIES) throw new Error(`the webhook was not taken: ${failure}`)
    await sleep(FIRST_WAIT_MS * 2 ** (tried - 1), undefined, { signal })
  }
}

/** @returns what was wrong; null when it was taken. */
async function attempt(url: string, body: unknown, signal: AbortSignal): Promise<string | null> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'error',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    })
    await response.body?.cancel()
    return response.ok ? null : `status ${response.status}`
  } catch (error) {
    // Its message may hold the address, and addresses of webhooks hold their secret.
    return error instanceof Error ? error.name : 'unknown'
  }
}
