import { Api, type ApiClientOptions } from 'grammy'
import type { Redis } from 'ioredis'
import { createGate } from './gate.ts'
import { gateTransformer } from './gate-transformer.ts'
import { createMediaInput } from './media-input.ts'

interface TelegramOptions {
  token: string
  apiUrl: string
  mode: 'cloud' | 'local'
  /** Where files lie that may be sent (in local mode the server sees the folder too); null: none are sent. */
  filesDir?: string | null
  redis: Redis
  prefix: string
  /** A message that must wait longer than this at the gate throws GateBusy instead. */
  holdMs: number
}

/**
 * A local Bot API server cuts a connection after 500 s (HttpServer.h) and may still send the file; giving up before
 * it does would only make more such cases.
 */
const UPLOAD_TIMEOUT_S = 1500

export type Telegram = ReturnType<typeof createTelegram>

/**
 * The way to Telegram. Every message passes the gate; nothing is repeated behind our back: whoever calls decides,
 * by what `classify` says of the error.
 */
export function createTelegram(options: TelegramOptions) {
  const { token, apiUrl, mode, filesDir = null, redis, prefix, holdMs } = options
  const botId = Number(token.split(':', 1)[0])
  const client: ApiClientOptions = {
    apiRoot: apiUrl.replace(/\/+$/, ''),
    timeoutSeconds: UPLOAD_TIMEOUT_S,
    // A 307 would make the client send the message again, and to whomever it names.
    baseFetchConfig: { redirect: 'error' },
  }
  const gate = createGate({ redis, prefix, botId, holdMs })
  const transformer = gateTransformer(gate)
  const api = new Api(token, client)
  api.config.use(transformer)
  return {
    api,
    botId,
    /** For a grammY Bot, which makes an Api of its own: the same client and the same gate. */
    client,
    transformer,
    slotTerms: gate.slotTerms,
    mediaInput: createMediaInput(mode, filesDir),
  }
}
