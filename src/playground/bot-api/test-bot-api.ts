import { afterAll } from 'vitest'
import { testDir } from '../testing/services.ts'
import { type BotApiOptions, createBotApi } from './create-bot-api.ts'

export const TOKEN = '42:AAtestTOKEN'

/** For tests of this folder: a listening server, closed with the file, and the plainest way to call it. */
export async function testBotApi(options: Partial<BotApiOptions> = {}) {
  const dir = await testDir()
  const api = createBotApi({
    mode: 'cloud',
    dir,
    flood: 'off',
    bots: [{ token: TOKEN, username: 'demo_bot', firstName: 'Demo' }],
    ...options,
  })
  const url = await api.listen()
  afterAll(() => api.close())
  return {
    ...api,
    dir,
    url,
    async call(method: string, params: Record<string, unknown> = {}, token = TOKEN) {
      const answer = await fetch(`${url}/bot${token}/${method}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(params),
      })
      return answerOf(answer)
    },
    /** Files stand as [content, name]. */
    async upload(method: string, params: Record<string, string | [Buffer | string, string]>, token = TOKEN) {
      const form = new FormData()
      for (const [name, value] of Object.entries(params))
        if (typeof value === 'string') form.set(name, value)
        else form.set(name, new Blob([Buffer.from(value[0])]), value[1])
      return answerOf(await fetch(`${url}/bot${token}/${method}`, { method: 'POST', body: form }))
    },
  }
}

/** What tests take out of results; the rest they compare as it is. */
export interface Result {
  [field: string]: unknown
  message_id: number
  date: number
}

export interface Answer {
  status: number
  ok: boolean
  result?: Result
  error_code?: number
  description?: string
  parameters?: unknown
}

/** The message id of an answer that must be good. */
export function sentId({ result, description }: Answer): number {
  if (!result) throw new Error(description)
  return result.message_id
}

async function answerOf(response: Response): Promise<Answer> {
  return { status: response.status, ...(await response.json()) }
}

/** The head of a JPEG with the given size: all that the server looks at. */
export function jpeg(width: number, height: number, sizeBytes = 100): Buffer {
  const head = Buffer.from([0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, 0, 0, 0, 0, 3])
  head.writeUInt16BE(height, 7)
  head.writeUInt16BE(width, 9)
  return Buffer.concat([head, Buffer.alloc(sizeBytes - head.length)])
}
