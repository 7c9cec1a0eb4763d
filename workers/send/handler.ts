import { access } from 'node:fs/promises'
import { InputFile } from 'grammy'
import type { Redis } from 'ioredis'
import { Cached } from '../../queues/cached.ts'
import type { Claim, DirectSends } from '../../queues/direct-sends.ts'
import { failRequest } from '../../queues/end-request.ts'
import { eventId } from '../../queues/event.ts'
import type { Events } from '../../queues/events.ts'
import { FAILURES, type FailureCode, StageError } from '../../queues/failure.ts'
import type { Joins } from '../../queues/join.ts'
import type { Keys } from '../../queues/keys.ts'
import { type MediaFile, platformOf } from '../../queues/media.ts'
import type { Notifier } from '../../queues/notifier.ts'
import { calendarDay } from '../../queues/people/calendar.ts'
import type { Queues } from '../../queues/queues.ts'
import { askedBy, type Request } from '../../queues/request.ts'
import type { RequestStore } from '../../queues/requests.ts'
import type { SentFile, SentFiles } from '../../queues/sent-files.ts'
import type { StageSeconds } from '../../queues/stage-seconds.ts'
import { productionsOf } from '../../src/shared/artifacts/artifact-names.ts'
import type { Artifacts } from '../../src/shared/artifacts/artifacts.ts'
import type { Messages } from '../../src/shared/messages/messages.ts'
import type { Storage } from '../../src/shared/storage/storage.ts'
import { classify, isTelegramError } from '../../src/shared/telegram/classify.ts'
import type { Telegram } from '../../src/shared/telegram/create-telegram.ts'
import type { Slot } from '../../src/shared/telegram/gate.ts'
import { withSlot } from '../../src/shared/telegram/taken-slot.ts'
import type { Handler, StageContext } from '../context.ts'
import { growingWaitMs } from '../patience.ts'
import { Postpone } from '../postpone.ts'
import { consequenceOf } from './consequence.ts'
import { deliver } from './deliver.ts'
import { createFindDelivery } from './find-delivery.ts'
import { tellGoodNews } from './good-news.ts'
import { mediaBytes } from './media-bytes.ts'
import { mediaMessage } from './media-message.ts'

/** So long a delivery waits for another one that brings the bytes to Telegram, should it not be told; longer each time. */
const WAIT_FOR_FILE_MS = 300

export interface SendDeps {
  redis: Redis
  keys: Keys
  requests: RequestStore
  directSends: DirectSends
  joins: Joins
  sentFiles: SentFiles
  artifacts: Artifacts
  storage: Storage
  telegram: Telegram
  messages: Messages
  queues: Queues
  notifier: Notifier
  events: Events
  stageSeconds: Pick<StageSeconds, 'of'>
  /** Days are counted in this time zone. */
  timeZone: string
  /** People are asked what they think of us. */
  hasSurvey: boolean
}

/** One request on its way out. */
interface Delivery {
  request: Request & { mediaKey: string }
  context: StageContext
  claim: Claim | null
  slot: Slot | null
  /** Something follows the file. */
  isFollowed: boolean
  /** By the clock of this run. */
  startedAt: number
}

export function createHandler(deps: SendDeps): Handler<'send'> {
  const { requests, joins, sentFiles, artifacts, telegram, queues, events, stageSeconds } = deps
  const findDelivery = createFindDelivery(deps)

  const fail = async (request: Request, failure: FailureCode): Promise<string> => {
    await failRequest(deps, request, failure, 'send')
    return asEnd(failure)
  }

  /** The file is nowhere any more: intake begins the request again, and it keeps its ticket. */
  const startOver = async ({ ticket, round }: Request): Promise<string> => {
    await queues.add('intake', { kind: 'resume', ticket, round }, { jobId: `${ticket}-resume-${round}` })
    return 'missing'
  }

  /** @param file null when nothing is known of it any more: then it is not counted */
  const delivered = async (delivery: Delivery, file: MediaFile | null, how: string): Promise<string> => {
    const { request, context } = delivery
    const { ticket, round } = request
    if (file) await count(delivery, file)
    context.failPoint('counted')
    if (request.replayed && how.startsWith('edited')) await tellGoodNews(deps, request, context)
    if (delivery.isFollowed)
      await queues.add('aftercare', { ticket, round }, { jobId: `after-${ticket}-${round}` })
    // Last, so that a crash before it makes the whole delivery run again: its effects have happened, its ids are taken.
    const on = calendarDay(Date.now(), deps.timeZone)
    await requests.settle(request, { state: 'delivered', on }, { round })
    return how
  }

  const count = async ({ request, startedAt }: Delivery, file: MediaFile): Promise<void> => {
    const { ticket, round, botId, userId, mediaKey, generation } = request
    const sendS = Math.round(performance.now() - startedAt) / 1000
    await events.publishNow({
      id: eventId('download_completed', ticket, round),
      name: 'download_completed',
      botId,
      userId,
      ticket,
      source: askedBy(request),
      platform: platformOf(mediaKey),
      mediaKey,
      height: file.height,
      sizeBytes: file.sizeBytes,
      cached: generation === null,
      // Another host noted when it began.
      waitedMs: Math.max(0, Date.now() - request.createdAtMs),
      stageSeconds: generation === null ? {} : { ...(await stageSeconds.of(request)), send: sendS },
    })
  }

  /** Once its first delivery has ended, an artifact whose file is in the cache has done its work. */
  const dropArtifact = async (key: string, cached: Cached | null): Promise<void> => {
    if (!cached?.artifact || !(await joins.delivered(key, cached.generation))) return
    for (const production of productionsOf([cached.artifact, cached.artifactThumbnail]))
      await artifacts.remove(production)
  }

  const bySentFile = async (delivery: Delivery, { fileId, kind, file }: SentFile): Promise<string> => {
    const media = await telegram.mediaInput({ fileId })
    const message = mediaMessage(file, media, undefined, kind)
    const { how } = await withSlot(delivery.slot, () => deliver(deps, delivery, message))
    delivery.context.failPoint('recorded')
    return await delivered(delivery, file, `${how} by file_id`)
  }

  const byBytes = async (delivery: Delivery, cached: Cached): Promise<string> => {
    const { request, context } = delivery
    const { botId, mediaKey, ticket, round } = request
    const lease = await sentFiles.lease(botId, mediaKey, `${ticket}-${round}`)
    if (!lease) throw new Postpone(growingWaitMs(WAIT_FOR_FILE_MS, context.attempt))
    const handOn = async () => await queues.hurry('send', await lease.release())
    /** The bytes are not where they were: in the cache by now, or nowhere. */
    const lost = async () => {
      const now = Cached.safeParse(await joins.shared(mediaKey)).data
      if (now?.generation === cached.generation && now.media?.key !== cached.media?.key) throw new Postpone(0)
      context.log.info({ generation: cached.generation }, 'the file is nowhere, and is made again')
      await joins.forget(mediaKey, cached.generation)
      return await startOver(request)
    }
    try {
      // Who had the lease before us has handed it on, and takes the artifact away: its file_id is there.
      if (await sentFiles.get(botId, mediaKey)) throw new Postpone(0)
      const bytes = await mediaBytes(cached, `${ticket}-send-${round}`, deps, context.signal)
      if (!bytes) return await lost()
      const isGone = () =>
        access(bytes.mediaPath).then(
          () => false,
          () => true,
        )
      try {
        const media = await telegram.mediaInput({ path: bytes.mediaPath })
        const thumbnail = bytes.thumbnailPath ? new InputFile(bytes.thumbnailPath) : undefined
        const { how, sent } = await deliver(deps, delivery, mediaMessage(cached.file, media, thumbnail))
        if (sent) await sentFiles.save(botId, mediaKey, { ...sent, file: cached.file })
        await handOn()
        context.failPoint('recorded')
        const end = await delivered(delivery, cached.file, how)
        await dropArtifact(mediaKey, cached)
        return end
      } catch (error) {
        // Taken away between our look at it and Telegram's: after a power loss, a production may be over twice.
        if (!isTelegramError(error) || classify(error).kind !== 'rejected' || !(await isGone())) throw error
        return await lost()
      } finally {
        await bytes.done()
      }
    } finally {
      await handOn()
    }
  }

  return async ({ data }, context) => {
    const startedAt = performance.now()
    const found = await findDelivery(data.ticket, data.round)
    const { request, sentFile: known, cached, claim, slot, isFollowed } = found
    // A run that died before the end was counted and told, or before its job had ended.
    if (request?.state === 'failed' && request.round === data.round && request.failure)
      return { how: await fail(request, request.failure) }
    if (!request?.mediaKey || request.state !== 'delivering' || request.round !== data.round)
      return { how: 'over' }
    const delivery: Delivery = {
      ...{ request: { ...request, mediaKey: request.mediaKey }, claim, slot, context, isFollowed, startedAt },
    }
    const file = known?.file ?? cached()?.file ?? null
    if (request.direct) {
      const how = await delivered(delivery, file, 'sent before')
      await dropArtifact(request.mediaKey, cached())
      return { how }
    }
    try {
      if (known) return { how: await bySentFile(delivery, known) }
      const bytes = cached()
      return { how: bytes ? await byBytes(delivery, bytes) : await startOver(request) }
    } catch (error) {
      if (error instanceof StageError && error.code === 'telegram_unavailable') {
        await dropArtifact(request.mediaKey, cached())
        return { how: await fail(request, error.code) }
      }
      if (!isTelegramError(error)) throw error
      const fault = classify(error)
      context.log.info({ fault: fault.kind }, 'Telegram')
      const consequence = consequenceOf(fault, { request, isKnownFile: known !== null, context })
      if (consequence.forgetFile) await sentFiles.forget(request.botId, request.mediaKey)
      if (consequence.change) await requests.set(request.ticket, consequence.change)
      if (consequence.failure || consequence.isDelivered) await dropArtifact(request.mediaKey, cached())
      if (consequence.failure) return { how: await fail(request, consequence.failure) }
      if (consequence.isDelivered) return { how: await delivered(delivery, file, 'edited before') }
      throw consequence.again ?? error
    }
  }
}

/**
 * How the job of a failed request ends: well, when the reason is an honest answer.
 * @throws StageError when an operator may mend it, so that it becomes a dead letter; no attempt could do more.
 */
function asEnd(failure: FailureCode): FailureCode {
  if (FAILURES[failure].deadLetter) throw new StageError(failure, { final: true })
  return failure
}
