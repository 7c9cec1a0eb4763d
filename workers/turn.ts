import type { FactsStore } from '../queues/facts.ts'
import { type Fairness, type FairStage, isFair, type Person } from '../queues/fairness.ts'
import { isShared } from '../queues/flow.ts'
import type { StageName } from '../queues/pipeline.ts'
import type { RequestStore } from '../queues/requests.ts'
import type { Logger } from '../src/shared/logger.ts'
import { createLane, isLong } from './lane.ts'
import { growingWaitMs } from './patience.ts'
import { Postpone } from './postpone.ts'

/** A job that may not begin yet looks again after this, then less often: a free place waits seconds at most. */
const FIRST_LOOK_MS = 250
const LONGEST_LOOK_MS = 3000

export interface TurnDeps {
  fairness: Fairness
  requests: RequestStore
  facts: FactsStore
  log: Logger
  /** How many jobs of one person run at once in a stage of heavy work, over all processes. */
  maxActivePerPerson: number
  /** The place of a process that is silent for so long is free. */
  lockMs: number
}

/** What a job is known by when it asks for its turn. */
interface Asking {
  id: string
  priority: number
  attempt: number
  /** Who began the work is the one whose places it takes. */
  ticket: string | undefined
  mediaId: string | undefined
  format: string | undefined
}

/**
 * Decides whether a job may begin: a person has so many places in a stage of heavy work, and long work leaves one
 * place of the process to others. The clock of a stage moves only for what begins.
 */
export function createTurn(name: StageName, concurrency: number, deps: TurnDeps) {
  const { fairness, requests, facts, log, lockMs } = deps
  const lane = name === 'fetch' || name === 'transcode' ? createLane(concurrency) : null

  /** @returns what gives the place back */
  const takePlace = async (stage: FairStage, person: Person, { id, attempt }: Asking) => {
    if (!(await fairness.take(stage, person, id, deps.maxActivePerPerson, lockMs))) throw notYet(attempt)
    const failed = (err: unknown) => log.debug({ stage, err }, 'a place was not kept, or not given back')
    const timer = setInterval(() => void fairness.keep(stage, person, id, lockMs).catch(failed), lockMs / 3)
    return () => {
      clearInterval(timer)
      // In the background: without Redis it ends by itself.
      void fairness.leave(stage, person, id).catch(failed)
    }
  }

  /** Nobody need wait for it: what the job itself asks of Redis goes first. */
  const moveClock = (stage: FairStage, priority: number) => {
    fairness
      .started(stage, priority)
      .catch((err: unknown) => log.debug({ stage, err }, 'the clock did not move'))
  }

  /**
   * @returns what gives back all that the job took
   * @throws Postpone when it is not its turn: it took nothing
   */
  return async (job: Asking): Promise<() => void> => {
    const taken: (() => void)[] = []
    const leave = () => {
      for (const giveBack of taken.splice(0)) giveBack()
    }
    if (!isFair(name)) return leave
    try {
      if (lane && job.mediaId && isLong(await facts.get(job.mediaId), job.format)) {
        if (!lane.take()) throw notYet(job.attempt)
        taken.push(lane.leave)
      }
      const person = isShared(name) && job.ticket ? await requests.get(job.ticket) : null
      if (person) taken.push(await takePlace(name, person, job))
      // What has no priority came outside the line, and says nothing about where it stands.
      if (job.priority > 0) setImmediate(moveClock, name, job.priority)
      return leave
    } catch (error) {
      leave()
      throw error
    }
  }
}

const notYet = (attempt: number) =>
  new Postpone(Math.min(LONGEST_LOOK_MS, growingWaitMs(FIRST_LOOK_MS, attempt)))
