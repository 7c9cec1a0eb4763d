import { setTimeout as sleep } from 'node:timers/promises'
import type { Refusal } from '../../queues/door.ts'
import { failRequest } from '../../queues/end-request.ts'
import { StageError } from '../../queues/failure.ts'
import { productionId, rootCause } from '../../queues/flow.ts'
import { inspectionKey } from '../../queues/join.ts'
import { linkHash } from '../../queues/media.ts'
import { doorFor } from '../../queues/people/quota.ts'
import { leftOutAs, type Request } from '../../queues/request.ts'
import type { IntakeData } from '../../queues/stages/intake.ts'
import type { Logger } from '../../src/shared/logger.ts'
import type { Handler } from '../context.ts'
import type { FailPoint } from '../fail-point.ts'
import { createNextStep, type IntakeDeps } from './next-step.ts'
import { tellChoice, tellLinks } from './tell-action.ts'
import { tellReached, tellRefusal } from './tell-limits.ts'

/** People who go a step further at the same time, when a site has answered all of them. */
const AT_ONCE = 50
/**
 * Events wait for so long: written at once, they take the processors from the very delivery that has begun, which is over by
 * then.
 */
const LATER_MS = 10

type Of<K extends IntakeData['kind']> = Extract<IntakeData, { kind: K }>

/** Turns each kind of job into steps of requests. A job can run again after a crash, as a step can. */
export const createHandler =
  (deps: IntakeDeps): Handler<'intake'> =>
  (job, context) =>
    handlerFor(deps, context.failPoint)(job, context)

/** Of one run: its steps pass the places where it may be killed. */
function handlerFor(deps: IntakeDeps, failPoint: FailPoint): Handler<'intake'> {
  const { requests, joins, preferences, queues, notifier, events, people, rules } = deps
  const { advance, look, ask, fail, later } = createNextStep(deps, failPoint)

  const withRequest = async (ticket: string, act: (request: Request) => Promise<string>): Promise<string> => {
    const request = await requests.get(ticket)
    if (!request) return 'unknown'
    await tellReached(deps, request)
    return await act(request)
  }

  const links = async (data: Of<'links'>, log: Logger): Promise<string[]> => {
    const { asker, origin, links: wanted, receivedAtMs } = data
    const door = doorFor(rules, asker, deps.maxQueuedPerPerson)
    const decisions: string[] = []
    for (const [index, link] of wanted.entries()) {
      const one = `${origin}-${index}`
      const rest = { links: wanted.length - index, leftOutAs: leftOutAs(origin) }
      // What its next step is decided by is read in the round trip that makes the request.
      const looked = look({ ...asker, linkHash: linkHash(link) })
      looked.catch(() => undefined)
      const made = await requests.createWithin(door, asker, one, link, receivedAtMs, rest)
      if ('code' in made) {
        // Before the note that another run finds: what is counted stands in the answer that made it.
        await tellRefusal(deps, asker, made, door, origin, await seen(data))
        decisions.push(await leaveOut(data, made, rest.links, log))
        break
      }
      failPoint('created')
      await tellReached(deps, made)
      const decision = await advance(made, looked)
      log.info({ ticket: made.ticket, decision }, 'asked')
      decisions.push(decision)
    }
    later.push(async () => await tellLinks(events, data, await seen(data)))
    return decisions
  }

  const seen = ({ asker, origin, receivedAtMs, sentAtMs, languageCode }: Of<'links'>) =>
    people.seen(asker.botId, asker.userId, {
      ...{ origin, atMs: sentAtMs ?? receivedAtMs, language: languageCode ?? asker.language },
    })

  /** One word for all links of an update that were not taken. */
  const leaveOut = async (
    { asker, origin, receivedAtMs }: Of<'links'>,
    { code, isTold }: Refusal,
    leftOut: number,
    log: Logger,
  ): Promise<string> => {
    if (!isTold) {
      log.info({ leftOut, code }, 'left out, and not told again')
      return `silent ${code}`
    }
    const told = { leftOut, inWork: code === 'too_many' ? deps.maxQueuedPerPerson : 0, failure: code }
    const request = await requests.leaveOut(asker, leftOutAs(origin), told, receivedAtMs)
    failPoint('created')
    log.info({ ticket: request.ticket, leftOut, code }, 'left out')
    await failRequest(deps, request, code, 'intake')
    return code === 'too_many' ? `left out ${leftOut}` : code
  }

  const choice = ({ ticket, format }: Of<'choice'>) =>
    withRequest(ticket, async (request) => {
      if (!(await requests.choose(ticket, format))) return 'too late'
      if (request.remember) await preferences.set(request.botId, request.userId, format)
      const [decision] = await Promise.all([
        withRequest(ticket, advance),
        tellChoice(events, request, format, false),
      ])
      return decision
    })

  const retry = ({ ticket }: Of<'retry'>) =>
    withRequest(ticket, async (request) => {
      if (!(await requests.retry(request, deps.maxQueuedPerPerson))) {
        await notifier.touch(ticket)
        return 'too many'
      }
      // Nothing is reopened on a second press, or when this job runs again: going on is right all the same.
      return await withRequest(ticket, advance)
    })

  const resume = async ({ ticket, round }: Of<'resume'>) => {
    if (round !== null) await requests.startOver(ticket, round)
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
    failPoint('taken')
    const goOn = (ticket: string) =>
      withRequest(ticket, async (request) => {
        // Who has left, or asks anew, does not wait for this one.
        if (request.generation !== generation) return 'over'
        if (!failure) return await advance(request)
        // `failed`: a run that died before the rest of it was counted and told.
        return ['asked', 'failed'].includes(request.state) ? await fail(request, failure) : 'over'
      })
    // The first one may start what the others join; of those, many at once: they may be thousands.
    const decisions: string[] = []
    for (let done = 0; done < tickets.length; done = decisions.length)
      decisions.push(...(await Promise.all(tickets.slice(done, done === 0 ? 1 : done + AT_ONCE).map(goOn))))
    if (failure) await joins.told(key, generation)
    else await joins.drained(key, generation)
    return decisions
  }

  const run: Handler<'intake'> = async ({ data, input }, { log }) => {
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

  return async (job, context) => {
    const result = await run(job, context)
    if (later.length > 0) {
      await sleep(LATER_MS)
      await Promise.all(later.map((tell) => tell()))
    }
    return result
  }
}
