import { failRequest } from '../../queues/end-request.ts'
import type { Events } from '../../queues/events.ts'
import type { FactsStore } from '../../queues/facts.ts'
import type { FailureCode } from '../../queues/failure.ts'
import type { Fairness } from '../../queues/fairness.ts'
import { ensureInspection, ensureProduction } from '../../queues/flow.ts'
import type { Joins } from '../../queues/join.ts'
import { type MediaFacts, mediaKey } from '../../queues/media.ts'
import type { Notifier } from '../../queues/notifier.ts'
import type { Experiments } from '../../queues/people/experiments.ts'
import type { People } from '../../queues/people/people.ts'
import { quotaFor } from '../../queues/people/quota.ts'
import type { PeopleRules } from '../../queues/people/rules.ts'
import type { StageName } from '../../queues/pipeline.ts'
import { choiceFor, type Preferences } from '../../queues/preferences.ts'
import type { Queues } from '../../queues/queues.ts'
import type { Request } from '../../queues/request.ts'
import type { RequestStore } from '../../queues/requests.ts'
import type { FailPoint } from '../fail-point.ts'
import { tellChoice } from './tell-action.ts'
import { tellCost, tellReached } from './tell-limits.ts'

export interface IntakeDeps {
  requests: RequestStore
  joins: Joins
  facts: FactsStore
  preferences: Preferences
  fairness: Fairness
  queues: Queues
  notifier: Notifier
  events: Events
  people: People
  experiments: Pick<Experiments, 'freeDownloads' | 'seen'>
  rules: PeopleRules
  /** Requests of one person that are not over: links beyond it are left out. */
  maxQueuedPerPerson: number
}

/**
 * Takes a request a step further: inspect, ask, start or join a production, send. Every step can be repeated: after
 * a crash it finds what was done and goes on from there.
 */
export function createNextStep(deps: IntakeDeps, failPoint: FailPoint) {
  const { requests, joins, facts, preferences, fairness, queues, notifier, events, rules } = deps
  const later: (() => Promise<void>)[] = []

  const fail = async (
    request: Request,
    failure: FailureCode,
    stage: StageName = 'inspect',
  ): Promise<string> => {
    await failRequest(deps, request, failure, stage)
    return failure
  }

  /** What decides over the step after the asking. */
  const look = ({ linkHash, botId, userId }: Pick<Request, 'linkHash' | 'botId' | 'userId'>) =>
    Promise.all([facts.ofLink(linkHash), preferences.get(botId, userId)])

  /** The next step of a request, from wherever it stands. `looked`: what somebody has looked up for it already. */
  const advance = async (request: Request, looked?: ReturnType<typeof look>): Promise<string> => {
    if (request.state === 'cancelled' || request.state === 'delivered' || request.state === 'failed')
      return 'over'
    if (request.state === 'delivering') {
      const decision = await send(request)
      tellAgain(request)
      return decision
    }
    const [known, preference] = await (looked ?? look(request))
    if (!known) return await inspectFirst(request)
    const format = request.format ?? choiceFor(known.choices, preference)
    if (!format || !known.choices.some((choice) => choice.format === format)) return await ask(request)
    const byPreference = known.choices.length > 1 ? '1' : '0'
    // In this order on one connection: whoever joins has a format.
    const [, decision] = await Promise.all([
      request.format === null ? requests.set(request.ticket, { format, byPreference }) : null,
      produce({ ...request, format }, known),
    ])
    if (request.format !== null) tellAgain(request)
    else if (byPreference === '1') later.push(() => tellChoice(events, request, format, true))
    return decision
  }

  /** The remembered choice of a run that died before it was told. A retry is no new choice. */
  const tellAgain = (request: Request): void => {
    const { format, byPreference, round } = request
    if (format && byPreference && round === 1) later.push(() => tellChoice(events, request, format, true))
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
    failPoint('joined')
    if (!joined.confirmed)
      await ensureInspection(
        queues,
        joins,
        { ticket: joined.starter, linkHash: hash, generation: joined.generation },
        await fairness.priority('inspect', request.botId, request.userId),
      )
    failPoint('ensured')
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
    const { quota, testName } = await quotaFor(rules, deps.experiments, request)
    const joined = await joins.joinProduction(request, key, Date.now(), quota)
    if (joined.how === 'blocked') return await fail(request, 'blocked', 'intake')
    if (joined.how === 'stop' || joined.how === 'later') {
      await tellCost(deps, request, joined.cost, testName)
      return joined.how === 'stop' ? await refuse(request, joined.cost.allowed) : await wait(request, joined)
    }
    if (joined.how === 'gone') {
      // A connection that broke after the first joining asks again: then it is on its way, and nobody has said so.
      const now = await requests.get(ticket)
      if (now) await tellReached(deps, now)
      return now?.state === 'delivering' ? await send(now) : 'over'
    }
    if (joined.how !== 'waiting') {
      await send(request)
      return joined.how
    }
    failPoint('joined')
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
        await fairness.production(request.botId, request.userId),
      )
    failPoint('ensured')
    await notifier.touch(ticket)
    await tellCost(deps, request, joined.cost, testName)
    return joined.started ? 'start' : 'joined'
  }

  /** All that is free is taken: what the ticket says of it comes first. */
  const refuse = async (request: Request, allowed: number): Promise<string> => {
    await requests.set(request.ticket, { allowed, bonusEach: rules.REFERRAL_BONUS })
    const { ticket, round } = request
    // It waits for nothing any more: the generation with which it was read may be that of its inspection.
    const how = await fail({ ...request, generation: null }, 'limit_reached', 'intake')
    // No file follows, but the survey may.
    await queues.add('aftercare', { ticket, round }, { jobId: `after-${ticket}-${round}` })
    return how
  }

  /** It goes on later. Should the job be lost, the reconciler goes on with it then. */
  const wait = async ({ ticket }: Request, { untilMs }: { untilMs: number }): Promise<string> => {
    await queues.add(
      'intake',
      { kind: 'resume', ticket, round: null },
      { jobId: `${ticket}-later-${untilMs}`, delay: Math.max(0, untilMs - Date.now()) },
    )
    await notifier.touch(ticket)
    return 'later'
  }

  return {
    ...{ advance, look, ask, fail },
    /** What nobody waits for: to be done at the end of the run. */
    later,
  }
}
