import type { FactsStore } from '../../queues/facts.ts'
import { type FailureCode, StageError } from '../../queues/failure.ts'
import type { Fairness } from '../../queues/fairness.ts'
import { ensureInspection, ensureProduction, productionId, rootCause } from '../../queues/flow.ts'
import { inspectionKey, type Joins } from '../../queues/join.ts'
import { linkHash, type MediaFacts, mediaKey } from '../../queues/media.ts'
import type { Notifier } from '../../queues/notifier.ts'
import { choiceFor, type Preferences } from '../../queues/preferences.ts'
import type { Queues } from '../../queues/queues.ts'
import type { Request } from '../../queues/request.ts'
import type { RequestStore } from '../../queues/requests.ts'
import type { IntakeData } from '../../queues/stages/intake.ts'
import type { Logger } from '../../src/shared/logger.ts'
import type { Handler } from '../context.ts'

export interface IntakeDeps {
  requests: RequestStore
  joins: Joins
  facts: FactsStore
  preferences: Preferences
  fairness: Fairness
  queues: Queues
  notifier: Notifier
}

type Of<K extends IntakeData['kind']> = Extract<IntakeData, { kind: K }>

/**
 * Decides what becomes of each request. Every step can be repeated: a job that runs again after a crash finds
 * what it had done and goes on from there.
 */
export function createHandler(deps: IntakeDeps): Handler<'intake'> {
  const { requests, joins, facts, preferences, fairness, queues, notifier } = deps

  const withRequest = async (ticket: string, act: (request: Request) => Promise<string>): Promise<string> => {
    const request = await requests.get(ticket)
    return request ? await act(request) : 'unknown'
  }

  const fail = async (request: Request, failure: FailureCode): Promise<string> => {
    await requests.settle(request, { state: 'failed', failure })
    await notifier.touch(request.ticket)
    return failure
  }

  /** The next step of a request, from wherever it stands. */
  const advance = async (request: Request): Promise<string> => {
    if (request.state === 'cancelled' || request.state === 'delivered' || request.state === 'failed')
      return 'over'
    if (request.state === 'delivering') return await send(request)
    const known = await facts.ofLink(request.linkHash)
    if (!known) return await inspectFirst(request)
    const format =
      request.format ?? choiceFor(known.choices, await preferences.get(request.botId, request.userId))
    if (!format || !known.choices.some((choice) => choice.format === format)) return await ask(request)
    if (request.format === null) {
      const byPreference = known.choices.length > 1 ? '1' : '0'
      await requests.set(request.ticket, { format, byPreference })
    }
    return await produce({ ...request, format }, known)
  }

  const send = async ({ ticket, round }: Request): Promise<string> => {
    await queues.add('send', { ticket, round }, { jobId: `${ticket}-${round}` })
    return 'send'
  }

  const inspectFirst = async (request: Request): Promise<string> => {
    const { ticket, linkHash: hash } = request
    if (!(await facts.link(hash))) return await fail(request, 'input_missing')
    const joined = await joins.joinInspection(request, hash, Date.now())
    if (joined.how === 'gone') return 'over'
    if (joined.how !== 'waiting') return 'inspected meanwhile'
    if (!joined.confirmed)
      await ensureInspection(
        queues,
        joins,
        { ticket: joined.starter, linkHash: hash, generation: joined.generation },
        await fairness.priority('inspect', request.botId, request.userId),
      )
    await notifier.touch(ticket)
    return joined.started ? 'inspect' : 'joined inspection'
  }

  const ask = async (request: Request): Promise<string> => {
    if (!(await requests.move(request.ticket, ['asked', 'inspecting', 'choosing'], 'choosing'))) return 'over'
    await notifier.touch(request.ticket)
    return 'ask'
  }

  const produce = async (
    request: Request & { format: NonNullable<Request['format']> },
    known: MediaFacts,
  ) => {
    const { ticket, format } = request
    const key = mediaKey(known.mediaId, format)
    const joined = await joins.joinProduction(request, key, Date.now())
    if (joined.how === 'gone') return 'over'
    if (joined.how !== 'waiting') {
      await send(request)
      return joined.how
    }
    if (!joined.confirmed)
      await ensureProduction(
        queues,
        joins,
        {
          ticket: joined.starter,
          mediaId: known.mediaId,
          mediaKey: key,
          format,
          linkHash: request.linkHash,
          generation: joined.generation,
        },
        await fairness.priority('fetch', request.botId, request.userId),
      )
    await notifier.touch(ticket)
    return joined.started ? 'start' : 'joined'
  }

  const links = async (
    { asker, origin, links: wanted, receivedAtMs }: Of<'links'>,
    log: Logger,
  ): Promise<string[]> => {
    const decisions: string[] = []
    for (const [index, link] of wanted.entries()) {
      const hash = linkHash(link)
      await facts.saveLink(hash, link)
      const ticket = await requests.create(asker, `${origin}-${index}`, hash, receivedAtMs)
      const decision = await withRequest(ticket, advance)
      log.info({ ticket, decision }, 'asked')
      decisions.push(decision)
    }
    return decisions
  }

  const choice = ({ ticket, format }: Of<'choice'>) =>
    withRequest(ticket, async (request) => {
      if (!(await requests.choose(ticket, format))) return 'too late'
      if (request.remember) await preferences.set(request.botId, request.userId, format)
      return await withRequest(ticket, advance)
    })

  const retry = ({ ticket }: Of<'retry'>) =>
    withRequest(ticket, async (request) => {
      // Nothing is reopened on a second press, or when this job runs again: going on is right all the same.
      await requests.reopen(request)
      return await withRequest(ticket, advance)
    })

  const resume = async ({ ticket, round }: Of<'resume'>) => {
    await requests.startOver(ticket, round)
    return await withRequest(ticket, advance)
  }

  const other = ({ ticket }: Of<'other'>) =>
    withRequest(ticket, async (request) => {
      if ((await joins.leave(request)) === 'over' && request.state !== 'cancelled') return 'too late'
      await requests.reopen(request)
      await requests.set(ticket, { format: '', byPreference: '0' })
      return await ask(request)
    })

  const cancel = ({ ticket }: Pick<Of<'cancel'>, 'ticket'>) =>
    withRequest(ticket, async (request) => {
      const left = await joins.leave(request)
      await notifier.touch(ticket)
      return left
    })

  const cancelAll = async ({ botId, chatId, userId }: Of<'cancel_all'>): Promise<string[]> => {
    const decisions: string[] = []
    for (const ticket of await requests.active(botId, userId)) {
      const request = await requests.get(ticket)
      if (request?.chatId === chatId) decisions.push(await cancel({ ticket }))
    }
    return decisions
  }

  const inspected = async (data: Of<'inspected'>, ok: boolean): Promise<string[]> => {
    const { ticket: starter, linkHash: hash, generation } = data
    const key = inspectionKey(hash)
    const failure = ok ? null : await rootCause(queues, productionId(starter, generation), ['inspect'])
    const tickets = await joins.finish(key, generation, {
      fields: null,
      ttlMs: 0,
      from: 'inspecting',
      to: 'asked',
    })
    const decisions: string[] = []
    for (const ticket of tickets)
      decisions.push(
        await withRequest(ticket, async (request) => {
          // Who has left, or asks anew, does not wait for this one.
          if (request.generation !== generation) return 'over'
          if (!failure) return await advance(request)
          return request.state === 'asked' ? await fail(request, failure) : 'over'
        }),
      )
    await joins.drained(key, generation)
    return decisions
  }

  return async ({ data, input }, { log }) => {
    switch (data.kind) {
      case 'links':
        return { decisions: await links(data, log) }
      case 'choice':
        return { decisions: [await choice(data)] }
      case 'retry':
        return { decisions: [await retry(data)] }
      case 'other':
        return { decisions: [await other(data)] }
      case 'cancel':
        return { decisions: [await cancel(data)] }
      case 'cancel_all':
        return { decisions: await cancelAll(data) }
      case 'inspected':
        return { decisions: await inspected(data, input !== null) }
      case 'resume':
        return { decisions: [await resume(data)] }
      default:
        throw new StageError('internal', { detail: 'unknown kind' })
    }
  }
}
