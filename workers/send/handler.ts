import { InputFile } from 'grammy'
import { Cached } from '../../queues/cached.ts'
import { eventId } from '../../queues/event.ts'
import { type FailureCode, StageError } from '../../queues/failure.ts'
import type { Joins } from '../../queues/join.ts'
import type { Notifier } from '../../queues/notifier.ts'
import type { Queues } from '../../queues/queues.ts'
import type { Request } from '../../queues/request.ts'
import type { RequestStore } from '../../queues/requests.ts'
import type { SentFile, SentFiles } from '../../queues/sent-files.ts'
import type { Artifacts } from '../../src/shared/artifacts/artifacts.ts'
import type { Storage } from '../../src/shared/storage/storage.ts'
import { classify } from '../../src/shared/telegram/classify.ts'
import type { Telegram } from '../../src/shared/telegram/create-telegram.ts'
import type { Handler, StageContext } from '../context.ts'
import { Postpone } from '../postpone.ts'
import { editTicket, sendDirectly } from './deliver.ts'
import { mediaBytes } from './media-bytes.ts'
import { mediaMessage } from './media-message.ts'

/** How soon a delivery looks again whether another one has brought the bytes to Telegram. */
const WAIT_FOR_FILE_MS = 500
/** How soon a delivery looks again whether the ticket that is being sent is there. */
const WAIT_FOR_TICKET_MS = 200

export interface SendDeps {
  requests: RequestStore
  joins: Joins
  sentFiles: SentFiles
  artifacts: Artifacts
  storage: Storage
  telegram: Telegram
  queues: Queues
  notifier: Notifier
}

/** One request on its way out, with all that is known about its file. */
interface Delivery {
  request: Request & { mediaKey: string }
  cached: Cached
  context: StageContext
}

export function createHandler(deps: SendDeps): Handler<'send'> {
  const { requests, joins, sentFiles, telegram, queues, notifier } = deps

  const fail = async (request: Request, failure: FailureCode): Promise<{ how: string }> => {
    await requests.settle(request, { state: 'failed', failure }, request.round)
    await notifier.touch(request.ticket)
    return { how: failure }
  }

  /** The file is nowhere any more: the request starts over, and keeps its ticket. */
  const startOver = async ({ request, cached }: Delivery): Promise<{ how: string }> => {
    await joins.forget(request.mediaKey, cached.generation)
    await requests.move(request.ticket, ['delivering'], 'asked')
    await queues.add(
      'intake',
      { kind: 'resume', ticket: request.ticket },
      { jobId: `${request.ticket}-resume-${cached.generation}` },
    )
    return { how: 'missing' }
  }

  const delivered = async (
    { request, cached: { file } }: Delivery,
    how: string,
  ): Promise<{ how: string }> => {
    const { ticket, round, botId, userId, mediaKey } = request
    const id = eventId('download_completed', ticket, round)
    const now = Date.now()
    await queues.add(
      'analytics',
      {
        name: 'download_completed',
        id,
        atMs: now,
        botId,
        userId,
        ticket,
        source: request.chatType === 'private' ? 'message' : 'group',
        platform: mediaKey.split('.', 1)[0] ?? '',
        mediaKey,
        height: file.height,
        sizeBytes: file.sizeBytes,
        cached: request.generation === null,
        waitedMs: now - request.createdAtMs,
      },
      { jobId: id },
    )
    // Last, so that a crash before it makes the whole delivery run again: its effects have happened, its ids are taken.
    await requests.settle(request, { state: 'delivered' }, request.round)
    return { how }
  }

  /** Edits the ticket, or sends a message of its own where there is no ticket to edit. */
  const put = async (
    delivery: Delivery,
    media: InputFile | string,
    thumbnail: InputFile | undefined,
    kind?: SentFile['kind'],
  ) => {
    const { request, cached } = delivery
    const message = mediaMessage(cached.file, media, thumbnail, kind)
    const claim = await requests.claimTicket(request.ticket, 'delivery', Date.now())
    if (claim.how === 'wait') throw new Postpone(WAIT_FOR_TICKET_MS)
    if (claim.messageId !== null)
      return { how: 'edited', sent: await editTicket(telegram, request, claim.messageId, message) }
    // From here to `ok` nobody could know whether it arrived: a second copy then is the lesser evil.
    if (request.direct === 'ok') return { how: 'sent before', sent: null }
    await requests.set(request.ticket, { direct: 'pending' })
    const sent = await sendDirectly(telegram, request, message)
    await requests.set(request.ticket, { direct: 'ok' })
    return { how: 'sent', sent }
  }

  const bySentFile = async (delivery: Delivery, known: SentFile) => {
    const media = await telegram.mediaInput({ fileId: known.fileId })
    const { how } = await put(delivery, media, undefined, known.kind)
    return await delivered(delivery, `${how} by file_id`)
  }

  const byBytes = async (delivery: Delivery) => {
    const { request, cached, context } = delivery
    const { botId, mediaKey, ticket, round } = request
    const lease = await sentFiles.lease(botId, mediaKey, ticket)
    if (!lease) throw new Postpone(WAIT_FOR_FILE_MS)
    try {
      const bytes = await mediaBytes(cached, `${ticket}-send-${round}`, deps, context.signal)
      if (!bytes) return await startOver(delivery)
      try {
        const media = await telegram.mediaInput({ path: bytes.mediaPath })
        const thumbnail = bytes.thumbnailPath ? new InputFile(bytes.thumbnailPath) : undefined
        const { how, sent } = await put(delivery, media, thumbnail)
        if (sent) await sentFiles.save(botId, mediaKey, sent)
        const end = await delivered(delivery, how)
        // Telegram has it and the cache has it: nobody needs the artifact.
        if (sent && cached.media && cached.artifact)
          await deps.artifacts.remove(cached.artifact.split('/', 1)[0] ?? '')
        return end
      } finally {
        await bytes.done()
      }
    } finally {
      await lease.release()
    }
  }

  return async ({ data }, context) => {
    const request = await requests.get(data.ticket)
    if (!request?.mediaKey || request.state !== 'delivering' || request.round !== data.round)
      return { how: 'over' }
    const { mediaKey, botId } = request
    const stored = Cached.safeParse(await joins.shared(mediaKey))
    // Between the decision and now the cache has lost it: the next decision is made without it.
    const cached = stored.data ?? null
    const known = await sentFiles.get(botId, mediaKey)
    if (!cached) {
      await requests.move(request.ticket, ['delivering'], 'asked')
      await sentFiles.forget(botId, mediaKey)
      await queues.add(
        'intake',
        { kind: 'resume', ticket: request.ticket },
        { jobId: `${request.ticket}-resume-lost-${request.round}` },
      )
      return { how: 'missing' }
    }
    const delivery: Delivery = { request: { ...request, mediaKey }, cached, context }
    try {
      return known ? await bySentFile(delivery, known) : await byBytes(delivery)
    } catch (error) {
      if (error instanceof Postpone || error instanceof StageError) throw error
      const fault = classify(error)
      context.log.info({ fault: fault.kind }, 'Telegram')
      switch (fault.kind) {
        case 'not_modified':
          return await delivered(delivery, 'edited before')
        case 'message_gone':
          if (request.ticketGone) return await fail(request, 'telegram_rejected')
          await requests.set(request.ticket, { ticketGone: '1', ticketMessageId: '' })
          throw new Postpone(0)
        case 'migrated':
          // The supergroup has none of the group's messages that we could edit.
          await requests.set(request.ticket, {
            chatId: fault.migrateToChatId,
            ticketGone: '1',
            ticketMessageId: '',
          })
          throw new Postpone(0)
        case 'bad_file_id':
          if (!known) return await fail(request, 'telegram_rejected')
          await sentFiles.forget(botId, mediaKey)
          throw new Postpone(0)
        case 'flood':
          throw new Postpone(fault.retryAfterMs)
        case 'busy':
          throw new Postpone(fault.waitMs)
        case 'file_too_big':
          return await fail(request, 'file_too_big')
        case 'chat_unreachable':
          return await fail(request, 'chat_unreachable')
        case 'rejected':
          return await fail(request, 'telegram_rejected')
        case 'unreachable':
        case 'ambiguous':
          if (context.lastAttempt) return await fail(request, 'telegram_unavailable')
          throw new StageError('telegram_unavailable', { cause: error, detail: fault.kind })
      }
    }
  }
}
