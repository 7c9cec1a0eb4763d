import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from '../bot-api/faults.ts'
import type { World } from '../bot-api/world.ts'
import type { MediaSite } from '../media-site/media-site.ts'
import type { Engines } from '../stack/embedded-services.ts'
import type { Product } from '../stack/product.ts'
import type { Clocks } from './clock.ts'
import type { Outage } from './facts.ts'
import { CALLS, type FaultKind, type PlannedFault, ruleOf } from './fault.ts'
import type { People } from './people.ts'
import type { SmallDisk } from './small-disk.ts'

/** All that can be hit. */
export type Targets = {
  engines: Engines
  processes: Product['processes']
  world: World
  mediaSite: MediaSite
  people: People
  clocks?: Clocks | undefined
  disk?: SmallDisk | undefined
}

/** A connection is cut after so many bytes of a call's body. */
const RESET_AFTER_BYTES = 200

export type FaultPlayer = ReturnType<typeof createFaultPlayer>

/** Plays faults of the plan, each to its end; those of one target take turns. */
export function createFaultPlayer(targets: Targets, signal: AbortSignal) {
  const { engines, world, mediaSite, people, clocks, disk } = targets
  const outages: Outage[] = []
  const turns = new Map<string, Promise<unknown>>()
  const pause = (fault: PlannedFault) => sleep(fault.forMs ?? 0, undefined, { signal }).catch(() => undefined)
  const processOf = ({ process = '' }: PlannedFault) => {
    const found = targets.processes.get(process)
    if (!found) throw new Error(`there is no process ${process}`)
    return found
  }
  const onCalls = ({ calls = 'deliveries', times = 1 }: PlannedFault, what: Fault) => {
    world.faults.add({ method: CALLS[calls], times }, what)
  }
  const kill = (name: keyof Engines, fault: PlannedFault) =>
    engines[name].interrupt(
      (engine) => engine.kill(),
      () => pause(fault),
    )
  const frozen = async (what: { freeze(): Promise<void>; thaw(): Promise<void> }, fault: PlannedFault) => {
    await what.freeze()
    await pause(fault)
    await what.thaw()
  }
  const killProcess = (fault: PlannedFault) => processOf(fault).interrupt((one) => one.kill())
  const trouble = async (kind: 'error' | 'hang', fault: PlannedFault) => {
    mediaSite.trouble(kind)
    await pause(fault)
    mediaSite.trouble(null)
  }

  const PLAYS: Record<FaultKind, (fault: PlannedFault) => Promise<unknown> | unknown> = {
    worker_killed: killProcess,
    send_killed: killProcess,
    bot_killed: killProcess,
    worker_frozen: (fault) => frozen(processOf(fault).current(), fault),
    send_frozen: (fault) => frozen(processOf(fault).current(), fault),
    worker_restarted: (fault) => processOf(fault).interrupt((one) => one.stop()),
    redis_killed: (fault) => kill('redis', fault),
    redis_away: (fault) => kill('redis', fault),
    postgres_killed: (fault) => kill('postgres', fault),
    postgres_away: (fault) => kill('postgres', fault),
    s3_killed: (fault) => kill('s3', fault),
    s3_away: (fault) => kill('s3', fault),
    s3_frozen: (fault) => frozen(engines.s3.current(), fault),
    telegram_away: async (fault) => {
      await world.faults.down()
      await pause(fault)
      await world.faults.up()
    },
    telegram_flood: (fault) => onCalls(fault, { kind: 'flood', retryAfterS: fault.retryAfterS ?? 1 }),
    telegram_error_before: (fault) =>
      onCalls(fault, { kind: 'error_before', code: 502, description: 'Bad Gateway' }),
    telegram_error_after: (fault) => onCalls(fault, { kind: 'error_after' }),
    telegram_lost_answer: (fault) => onCalls(fault, { kind: 'lost_answer' }),
    telegram_late_answer: (fault) => onCalls(fault, { kind: 'late_answer', delayMs: fault.delayMs ?? 0 }),
    telegram_reset: (fault) => onCalls(fault, { kind: 'reset_upload', afterBytes: RESET_AFTER_BYTES }),
    site_error: (fault) => trouble('error', fault),
    site_hangs: (fault) => trouble('hang', fault),
    clock_jumps: async (fault) => {
      clocks?.jump(fault.process ?? '', fault.jumpS ?? 0)
      await pause(fault)
      clocks?.jump(fault.process ?? '', 0)
    },
    disk_full: async (fault) => {
      await disk?.fill()
      await pause(fault)
      disk?.clear()
    },
    person_blocks: async (fault) => {
      people.block(fault.person ?? 0, true)
      await pause(fault)
      people.block(fault.person ?? 0, false)
    },
    ticket_deleted: ({ person = 0 }) => people.deleteTicket(person),
    group_migrates: ({ group = 0 }) => people.migrate(group),
  }

  const playNow = async (fault: PlannedFault): Promise<void> => {
    const outage = outageOf(fault)
    if (outage) outages.push(outage)
    await PLAYS[fault.kind](fault)
    if (outage) outage.toMs = Date.now()
  }

  return {
    /** What was in trouble when; an outage that goes on has no end yet. */
    outages: (): readonly Outage[] => outages,
    play(fault: PlannedFault): Promise<void> {
      const target = ruleOf(fault.kind).target ?? fault.process ?? fault.kind
      const mine = (turns.get(target) ?? Promise.resolve()).then(() => playNow(fault))
      turns.set(
        target,
        mine.catch(() => undefined),
      )
      return mine
    },
    /** Faults that wait for a call to play on are called off. */
    end: () => world.faults.clear(),
  }
}

/** What a fault takes away from a call that was made, or from files that are kept; null for other ones. */
function outageOf({ kind, process }: PlannedFault): Outage | null {
  const of = ((): Outage['of'] | null => {
    if (/_(killed|frozen)$/.test(kind) && process?.startsWith('worker-send')) return 'send'
    if (kind.startsWith('redis_')) return 'redis'
    if (kind === 'telegram_away') return 'telegram'
    return ruleOf(kind).losesFiles ? 'files' : null
  })()
  return of && { of, fromMs: Date.now(), toMs: Number.POSITIVE_INFINITY }
}
