import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'

const TIMEOUT_MS = 30_000
const LOOK_AGAIN_MS = 1000

const Properties = z.object({ 'setup-token': z.string().nullish(), 'has-user-setup': z.boolean().nullish() })
const Session = z.object({ id: z.string() })

export interface Login {
  email: string
  password: string
}

export type MetabaseClient = Awaited<ReturnType<typeof openMetabase>>

/**
 * Logs in at a Metabase; at a new one it first makes its administrator.
 * @see https://www.metabase.com/docs/latest/api
 * @throws Error that says which call was refused, and how; it holds no password
 */
export async function openMetabase(url: string, login: Login, patienceMs = 300_000) {
  const root = url.replace(/\/+$/, '')
  const request = async (
    method: string,
    path: string,
    body?: unknown,
    session?: string,
  ): Promise<unknown> => {
    const response = await fetch(root + path, {
      method,
      redirect: 'error',
      headers: {
        'content-type': 'application/json',
        ...(session && { 'x-metabase-session': session }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`Metabase refuses ${method} ${path}: ${response.status}`)
    return text === '' ? null : JSON.parse(text)
  }

  await untilAnswering(() => request('GET', '/api/health'), patienceMs)
  const properties = Properties.parse(await request('GET', '/api/session/properties'))
  const { 'setup-token': token, 'has-user-setup': hasUser } = properties
  const answer =
    token && !hasUser
      ? await request('POST', '/api/setup', setupOf(token, login))
      : await request('POST', '/api/session', { username: login.email, password: login.password })
  const { id: session } = Session.parse(answer)
  return {
    /** @throws ZodError when the answer is not of this shape */
    call: async <T extends z.ZodType>(
      shape: T,
      method: string,
      path: string,
      body?: unknown,
    ): Promise<z.infer<T>> => shape.parse(await request(method, path, body, session)),
  }
}

const setupOf = (token: string, { email, password }: Login) => ({
  token,
  user: { first_name: 'Clipferry', last_name: 'Admin', email, password, site_name: 'Clipferry' },
  prefs: { site_name: 'Clipferry', site_locale: 'en', allow_tracking: false },
})

/** A Metabase that starts makes its tables first, for minutes. */
async function untilAnswering(ask: () => Promise<unknown>, patienceMs: number): Promise<void> {
  const giveUpAt = performance.now() + patienceMs
  for (;;) {
    try {
      await ask()
      return
    } catch (error) {
      if (performance.now() > giveUpAt) throw error
      await sleep(LOOK_AGAIN_MS)
    }
  }
}
