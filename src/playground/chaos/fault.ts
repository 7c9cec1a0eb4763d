import type { Random } from './random.ts'

/** How long a worker keeps a job's lock in a run: short, so that recovery fits. */
export const LOCK_S = 3

/** Which calls of the Bot API a fault is played on. */
export const CALLS = {
  deliveries: /^(editMessageMedia|send(Video|Audio|Animation|Document))$/,
  direct: /^send(Video|Audio|Animation|Document)$/,
  texts: /^(sendMessage|editMessageText)$/,
  updates: /^getUpdates$/,
} as const
type Calls = keyof typeof CALLS

/** What a kind of fault needs; in the plan these are fixed numbers and names. */
type Parameters = {
  process?: string
  forMs?: number
  calls?: Calls
  times?: number
  retryAfterS?: number
  delayMs?: number
  jumpS?: number
  person?: number
  group?: number
}
export type PlannedFault = Parameters & { kind: FaultKind; atMs: number }

type Rule = {
  parameters: (random: Random, cast: Cast) => Parameters
  /** Hits one thing at a time: another fault of the same target waits for this one's end. */
  target?: string
  /** Part of a short run too: it is over in seconds. */
  isCheap?: true
  /** What the machine must be able to do. */
  needs?: 'clock' | 'disk'
  /** Keys may have to be made again after it. */
  losesFiles?: true
}

/** Who and what there is to hit. */
export type Cast = { processes: readonly string[]; people: number; groups: number }

const FEW_S = [2000, 6000] as const
const worker = (random: Random, { processes }: Cast) => ({
  process: random.pick(processes.filter((name) => name.startsWith('worker-'))),
})
const sender = (random: Random, { processes }: Cast) => ({
  process: random.pick(processes.filter((name) => name.startsWith('worker-send'))),
})
const away = (random: Random) => ({ forMs: random.between(...FEW_S) })
const onCalls = (random: Random, ...calls: Calls[]) => ({
  calls: random.pick(calls),
  times: random.between(1, 4),
})

/** Every fault that there is, and how the plan fills it in. */
export const FAULTS = {
  worker_killed: {
    parameters: (random, { processes }) => ({ process: random.pick(processes) }),
    isCheap: true,
  },
  // What it does must not be done twice: it is hit more often than the others.
  send_killed: { parameters: sender, isCheap: true },
  send_frozen: {
    parameters: (random, cast) => ({ ...sender(random, cast), forMs: 2 * LOCK_S * 1000 }),
    isCheap: true,
  },
  bot_killed: { parameters: () => ({ process: 'bot' }), isCheap: true },
  worker_frozen: {
    parameters: (random, cast) => ({ ...worker(random, cast), forMs: 2 * LOCK_S * 1000 }),
    isCheap: true,
  },
  worker_restarted: {
    parameters: (random, { processes }) => ({ process: random.pick(processes) }),
    isCheap: true,
  },
  redis_killed: { parameters: () => ({}), target: 'redis', isCheap: true },
  redis_away: { parameters: away, target: 'redis', isCheap: true },
  postgres_killed: { parameters: () => ({}), target: 'postgres', isCheap: true },
  postgres_away: { parameters: away, target: 'postgres' },
  s3_killed: { parameters: () => ({}), target: 's3', isCheap: true, losesFiles: true },
  s3_away: { parameters: away, target: 's3', losesFiles: true },
  s3_frozen: { parameters: away, target: 's3', losesFiles: true },
  telegram_away: { parameters: away, target: 'telegram', isCheap: true },
  telegram_flood: {
    parameters: (random) => ({
      ...onCalls(random, 'deliveries', 'direct', 'texts', 'updates'),
      retryAfterS: random.between(1, 4),
    }),
    isCheap: true,
  },
  telegram_error_before: {
    parameters: (random) => onCalls(random, 'deliveries', 'direct', 'texts', 'updates'),
    isCheap: true,
  },
  telegram_error_after: {
    parameters: (random) => onCalls(random, 'deliveries', 'direct', 'texts'),
    isCheap: true,
  },
  telegram_lost_answer: {
    parameters: (random) => onCalls(random, 'deliveries', 'direct', 'texts', 'updates'),
    isCheap: true,
  },
  telegram_late_answer: {
    parameters: (random) => ({
      ...onCalls(random, 'deliveries', 'direct', 'texts'),
      delayMs: random.between(1000, 5000),
    }),
    isCheap: true,
  },
  telegram_reset: { parameters: (random) => onCalls(random, 'deliveries', 'direct'), isCheap: true },
  site_error: { parameters: away, target: 'site' },
  site_hangs: { parameters: away, target: 'site', isCheap: true },
  clock_jumps: {
    parameters: (random, cast) => ({
      ...worker(random, cast),
      forMs: random.between(4000, 8000),
      jumpS: random.pick([3600, -3600]),
    }),
    needs: 'clock',
  },
  disk_full: { parameters: away, target: 'disk', needs: 'disk', losesFiles: true },
  person_blocks: {
    parameters: (random, { people }) => ({ person: random.between(0, people - 1), ...away(random) }),
  },
  ticket_deleted: {
    parameters: (random, { people }) => ({ person: random.between(0, people - 1) }),
    isCheap: true,
  },
  group_migrates: { parameters: (random, { groups }) => ({ group: random.between(0, groups - 1) }) },
} as const satisfies Record<string, Rule>

export type FaultKind = keyof typeof FAULTS
export const ruleOf = (kind: FaultKind): Rule => FAULTS[kind]
export const FAULT_KINDS = Object.keys(FAULTS).filter(isFaultKind)

export function isFaultKind(text: string): text is FaultKind {
  return Object.hasOwn(FAULTS, text)
}
