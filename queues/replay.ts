import { z } from 'zod'
import type { KeptDeadLetter, Outcome } from './dead-letter.ts'
import type { DeadLetterFilter } from './dead-letters.ts'
import { ensureInspection, ensureProduction, type ProductionStage, productionId } from './flow.ts'
import { inspectionKey } from './join.ts'
import type { StageName } from './pipeline.ts'
import { ProductionData } from './production.ts'
import { runAgain } from './run-again.ts'
import { inspect } from './stages/inspect.ts'
import { send } from './stages/send.ts'
import type { State } from './state.ts'

/** Waiters of work that never ends are forgotten after this, as `join.ts` has it. */
const WAITERS_TTL_MS = 24 * 3600_000

/** `unknown`: there is no such record. `closed`: somebody has seen to it. `ending`: its people are being told now. */
export type Replayed =
  | { done: true; outcome: Outcome }
  | { done: false; why: 'unknown' | 'closed' | 'ending' | 'job_gone' }

export interface ReplayCounts {
  replayed: number
  left: number
  people: number
}

export type Replay = ReturnType<typeof createReplay>

const Person = z.string().transform((text) => {
  const [ticket = '', round = '', state = ''] = text.split(' ')
  return { ticket, round: Number(round), state }
})
const Answer = z.union([
  z.tuple([z.literal('held'), z.string()]),
  z.tuple([z.enum(['ending', 'nobody', 'taken'])]),
  z.tuple([
    z.enum(['sent', 'joined', 'started']),
    z.coerce.number(),
    z.string(),
    z.enum(['0', '1']),
    z.array(Person),
  ]),
])
type Answer = z.infer<typeof Answer>
type Open = Extract<Answer, { 0: 'sent' | 'joined' | 'started' }>

/**
 * Replays what failed for good, once its cause is mended: from the dead stage, under a new generation, for those who
 * were told and still want it. One script claims the record and takes the people along; what follows can be repeated,
 * and if it is torn off, the reconciler finds the people as it finds anybody else.
 * @param artifactMaxAgeMs what a stage had made is swept after this: then the work begins at the site again.
 */
export function createReplay(state: State, { artifactMaxAgeMs }: { artifactMaxAgeMs: number }) {
  const { keys, scripts, joins, queues, fairness, requests, notifier, deadLetters } = state

  const claim = async (
    script: 'replayShared' | 'replaySend' | 'replayJob',
    { id }: KeptDeadLetter,
    who: string,
    more: { keys?: string[]; args?: (string | number)[] } = {},
  ): Promise<Answer> =>
    Answer.parse(
      await scripts[script](
        [keys.deadLetter(id), keys.openDeadLetters, keys.owed, ...(more.keys ?? [])],
        [id, who, keys.prefix, ...(more.args ?? [])],
      ),
    )

  /** Everybody who was told of a generation, and still wants it, waits again. */
  const claimShared = (
    letter: KeptDeadLetter,
    who: string,
    work: { key: string; generation: number; starter: string; kind: 'production' | 'inspection' },
  ) => {
    const { key, generation, starter, kind } = work
    const isProduction = kind === 'production'
    return claim('replayShared', letter, who, {
      keys: [
        ...[keys.told(key, generation), keys.drain(key, generation), keys.shared(key), keys.waiters(key)],
        ...[keys.inflight, keys.generation],
      ],
      args: [
        ...[key, generation, starter],
        ...(isProduction ? ['producing', 'mediaKey', '1'] : ['inspecting', 'inspectKey', '0']),
        WAITERS_TTL_MS,
      ],
    })
  }

  /** A replay lines up like anything else that its starter wants. */
  const priorities = async (ticket: string) => {
    const starter = await requests.get(ticket)
    return starter ? await fairness.production(starter.botId, starter.userId) : 1
  }

  /** Those whose file is there get their delivery; all see on their tickets that work goes on. */
  const carryOn = async ([, , , , people]: Open): Promise<void> => {
    for (const { ticket, round, state: stands } of people) {
      if (stands === 'delivering')
        await queues.add('send', { ticket, round }, { jobId: `${ticket}-${round}` })
      await notifier.touch(ticket)
    }
  }

  const outcomeOf = ([how, generation, starter, , people]: Open, from: StageName): Outcome => ({
    how,
    // Whoever runs what was joined began it where they began it.
    from: how === 'sent' ? 'send' : how === 'joined' ? null : from,
    people: people.length,
    jobId: how === 'sent' ? null : productionId(starter, generation),
  })

  const production = async (letter: KeptDeadLetter, who: string): Promise<Answer | Outcome> => {
    const failed = ProductionData.parse(letter.data)
    const { mediaKey: key, generation, ticket } = failed
    const answer = await claimShared(letter, who, { key, generation, starter: ticket, kind: 'production' })
    if (answer.length !== 5) return answer
    const [how, next, starter, confirmed] = answer
    const from = how === 'started' ? beginning(letter, artifactMaxAgeMs) : 'fetch'
    if (how !== 'sent' && confirmed === '0') {
      const input = from === 'fetch' ? undefined : letter.input
      const data: ProductionData = { ...failed, ticket: starter, generation: next, input }
      await ensureProduction(queues, joins, data, await priorities(starter), from)
    }
    await carryOn(answer)
    return outcomeOf(answer, from)
  }

  const inspection = async (letter: KeptDeadLetter, who: string): Promise<Answer | Outcome> => {
    const { linkHash, generation, ticket } = inspect.data.parse(letter.data)
    const key = inspectionKey(linkHash)
    const answer = await claimShared(letter, who, { key, generation, starter: ticket, kind: 'inspection' })
    if (answer.length !== 5) return answer
    const [, next, starter, confirmed] = answer
    if (confirmed === '0') {
      const request = await requests.get(starter)
      const priority = request ? await fairness.priority('inspect', request.botId, request.userId) : 1
      await ensureInspection(queues, joins, { ticket: starter, linkHash, generation: next }, priority)
    }
    await carryOn(answer)
    return outcomeOf(answer, 'inspect')
  }

  const delivery = async (letter: KeptDeadLetter, who: string): Promise<Answer | Outcome> => {
    const { ticket, round } = send.data.parse(letter.data)
    const answer = await claim('replaySend', letter, who, { args: [ticket, round] })
    if (answer.length !== 5) return answer
    await carryOn(answer)
    return outcomeOf(answer, 'send')
  }

  /** What nobody shares: the same job once more. */
  const job = async (letter: KeptDeadLetter, who: string): Promise<Answer | Outcome | 'job_gone'> => {
    const answer = await claim('replayJob', letter, who)
    if (answer[0] !== 'taken') return answer
    const outcome = await runAgain(letter, state)
    if (outcome !== 'job_gone') return outcome
    await deadLetters.end(letter.id, 'replaying', 'open', {})
    return 'job_gone'
  }

  const replayOf = (letter: KeptDeadLetter) => {
    if (letter.stage === 'fetch' || letter.stage === 'transcode') return production
    if (letter.stage === 'inspect') return inspection
    return letter.stage === 'send' ? delivery : job
  }

  const replay = async (id: string, who: string): Promise<Replayed> => {
    const letter = await deadLetters.get(id)
    if (!letter) return { done: false, why: 'unknown' }
    const answer = await replayOf(letter)(letter, who)
    if (answer === 'job_gone') return { done: false, why: answer }
    const outcome = Array.isArray(answer) ? refusalOf(answer, letter) : answer
    if (!('how' in outcome)) return outcome
    // Where nobody waits any more there was nothing to replay; unless it was begun before, and they were taken along.
    const isOver = outcome.how === 'nobody' && letter.state === 'open'
    await deadLetters.end(id, 'replaying', isOver ? 'discarded' : 'replayed', { outcome })
    return { done: true, outcome }
  }

  return {
    /** Replays one record. Two at once start one. */
    replay,

    /** Replays all that is open of a root cause, the oldest first. */
    async replayAll(filter: Omit<DeadLetterFilter, 'state'>, who: string): Promise<ReplayCounts> {
      const counts = { replayed: 0, left: 0, people: 0 }
      const letters = await deadLetters.list({ ...filter, state: 'open' }, Number.POSITIVE_INFINITY)
      for (const { id } of letters.reverse()) {
        const answer = await replay(id, who)
        if (answer.done) counts.replayed++
        else counts.left++
        if (answer.done) counts.people += answer.outcome.people
      }
      return counts
    },

    /** Puts a record away: nothing is to be done. */
    async discard(id: string, who: string): Promise<Replayed> {
      if (!(await deadLetters.get(id))) return { done: false, why: 'unknown' }
      const outcome: Outcome = { how: 'discarded', from: null, people: 0, jobId: null }
      const discarded = await deadLetters.end(id, 'open', 'discarded', { who, outcome })
      return discarded ? { done: true, outcome } : { done: false, why: 'closed' }
    },
  }
}

/** The dead stage, unless what it was given is gone: swept by age, or thrown away to make room. */
function beginning({ stage, code, failedAtMs }: KeptDeadLetter, artifactMaxAgeMs: number): ProductionStage {
  const isGone =
    code === 'input_missing' || code === 'disk_full' || Date.now() - failedAtMs > artifactMaxAgeMs
  return stage === 'transcode' && !isGone ? 'transcode' : 'fetch'
}

function refusalOf([how, state]: Answer, { stage }: KeptDeadLetter): Replayed | Outcome {
  if (how === 'nobody') return { how, from: null, people: 0, jobId: null }
  if (how === 'held') return { done: false, why: state === 'unknown' ? 'unknown' : 'closed' }
  if (how === 'ending') return { done: false, why: 'ending' }
  throw new TypeError(`a replay of ${stage} was answered ${how}`)
}
