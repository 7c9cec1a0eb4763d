import { rm } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ResponseParameters } from '@grammyjs/types'
import { ApiError, tooManyRequests } from './api-error.ts'
import type { Fault, Faults } from './faults.ts'
import type { FileStore } from './file-store.ts'
import type { Flood } from './flood.ts'
import type { Ledger, LedgerEntry } from './ledger.ts'
import type { createMethods } from './methods/registry.ts'
import { createParams } from './params.ts'
import { type RequestBody, readRequestBody } from './request-body.ts'
import type { ServerMode } from './server-mode.ts'
import type { BotRecord, WorldState } from './world-state.ts'

interface CallDeps {
  mode: ServerMode
  state: WorldState
  files: FileStore
  flood: Flood
  faults: Faults
  ledger: Ledger
  methods: ReturnType<typeof createMethods>
}

const MAX_FILE_BYTES = { cloud: 50 * 1024 * 1024, local: 2000 * 1024 * 1024 }
/** Thrown where the connection is to be cut instead of answered. */
class HangUp extends Error {}

/** Answers one request to `/bot<token>/<method>`. */
export function createCallHandler(deps: CallDeps) {
  const { mode, state, files, flood, faults, ledger, methods } = deps

  const botOf = (token: string): BotRecord => {
    if (!/^[1-9]\d*:/.test(token) || token.length > 80)
      throw new ApiError(401, 'Unauthorized: invalid token specified')
    const bot = state.bots.get(Number(token.split(':', 1)[0]))
    if (bot?.token !== token) throw new ApiError(401, 'Unauthorized')
    if (bot.isLoggedOut) throw new ApiError(400, 'Logged out')
    return bot
  }

  const readBody = (request: IncomingMessage, entry: LedgerEntry): Promise<RequestBody> => {
    const reset = faults.ofUpload(entry)
    if (reset) entry.fault = reset.kind
    return readRequestBody(request, {
      newUploadPath: files.newUploadPath,
      maxFileBytes: MAX_FILE_BYTES[mode],
      onBytes: (receivedBytes) => {
        entry.bytesReceived = receivedBytes
        if (!reset || receivedBytes < reset.afterBytes) return
        request.socket.resetAndDestroy()
        throw new HangUp()
      },
    })
  }

  const work = async (bot: BotRecord, entry: LedgerEntry, body: RequestBody, signal: AbortSignal) => {
    const { fields, uploads } = body
    const params = createParams(fields)
    entry.chatId = params.integer('chat_id')
    entry.params = { ...fields, ...uploadsForLedger(uploads) }
    const fault = faults.ofCall(entry)
    if (fault) entry.fault = fault.kind
    await before(fault)
    const method = methods.find(entry.method)
    if (!method) throw new ApiError(404, 'Not Found: method not found')
    flood.check(entry)
    const result = await method.run({ bot, method: method.name, params, uploads, signal })
    entry.workDone = true
    entry.answer = { ok: true, result: structuredClone(result) }
    await after(fault)
    return result
  }

  return async (request: IncomingMessage, response: ServerResponse, token: string, methodName: string) => {
    const hungUp = new AbortController()
    response.on('close', () => hungUp.abort())
    let entry: LedgerEntry | null = null
    let body: RequestBody | null = null
    try {
      const bot = botOf(token)
      const method = methods.find(methodName)?.name ?? methodName
      entry = ledger.open({ bot: bot.user.username, botId: bot.id, method })
      body = await readBody(request, entry)
      const result = await work(bot, entry, body, hungUp.signal)
      entry.wasHeard = reply(response, 200, { ok: true, result })
    } catch (error) {
      const failure = error instanceof ApiError ? error : null
      if (error instanceof HangUp || !failure) {
        // Whatever is no answer of the server is a cut connection; a mistake of ours must not hide as one.
        if (!(error instanceof HangUp) && !hungUp.signal.aborted && !request.destroyed) console.error(error)
        response.destroy()
        return
      }
      if (entry && !entry.workDone) entry.answer = errorBody(failure)
      request.resume()
      const wasHeard = reply(response, failure.code, errorBody(failure))
      if (entry) entry.wasHeard = wasHeard
    } finally {
      if (entry) ledger.close(entry)
      for (const { path } of body?.uploads.values() ?? []) await rm(path, { force: true })
    }
  }
}

async function before(fault: Fault | null) {
  if (fault?.kind === 'late_work') await fault.until
  if (fault?.kind === 'flood') throw tooManyRequests(fault.retryAfterS)
  if (fault?.kind === 'error_before') throw serverError(fault)
}

async function after(fault: Fault | null) {
  if (fault?.kind === 'late_answer') await ('until' in fault ? fault.until : sleep(fault.delayMs))
  if (fault?.kind === 'lost_answer') throw new HangUp()
  if (fault?.kind === 'error_after') throw serverError(fault)
}

const serverError = ({
  code = 500,
  description = 'Internal Server Error',
}: {
  code?: number
  description?: string
}) => new ApiError(code, description)

const uploadsForLedger = (uploads: RequestBody['uploads']) =>
  Object.fromEntries(
    [...uploads].map(([name, { fileName, sizeBytes }]) => [name, { file: fileName, sizeBytes }]),
  )

function errorBody({ code, message, parameters }: ApiError): {
  ok: false
  error_code: number
  description: string
  parameters?: ResponseParameters
} {
  return { ok: false, error_code: code, description: message, ...(parameters ? { parameters } : {}) }
}

/** @returns whether there is anybody (any more) to hear it */
function reply(response: ServerResponse, code: number, body: unknown): boolean {
  if (response.destroyed) return false
  response.writeHead(code, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
  return true
}
