import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { createState } from '../../../queues/state.ts'
import { SAMPLE_MEDIA_DIR } from '../media-site/make-media.ts'
import type { WorkerLayout } from '../stack/product.ts'
import { type Stack, startStack } from '../stack.ts'
import { check } from './check.ts'
import { createClocks, findFaketime } from './clock.ts'
import { type FaultKind, LOCK_S, ruleOf } from './fault.ts'
import type { ChaosOptions } from './options.ts'
import type { Outcome } from './outcome.ts'
import { createPeople, GROUP_COUNT } from './people.ts'
import { makePlan, type Plan } from './plan.ts'
import { createFaultPlayer } from './play-fault.ts'
import { recordFacts } from './record.ts'
import { faultLine } from './report.ts'
import { untilSettled } from './settle.ts'
import { mountSmallDisk, type SmallDisk } from './small-disk.ts'

/** Two of those whose work is longest or must not be done twice. */
const WORKERS: WorkerLayout = { intake: 2, fetch: 2, publish: 2, send: 2 }
const SETTINGS = {
  LOCK_SECONDS: String(LOCK_S),
  STALLED_CHECK_SECONDS: '1',
  // The disk of a run is small.
  DISK_RESERVE_MB: '8',
  // Who asks is let in, however often: requests are what is looked at.
  ...{ LINKS_PER_MINUTE: '0', LINKS_PER_DAY: '0', SURVEY: 'off' },
}
/** Jobs that wait a minute, several times, must have had their turns. */
const SETTLE_LIMIT_MS = 6 * 60_000

type RunContext = {
  /** A disk may be mounted that ends with this process. */
  hasOwnMounts: boolean
  say: (line: string) => void
  signal: AbortSignal
}

/** Plays a whole run in a folder of its own, which is removed; of a run that has broken something, the logs stay. */
export async function runChaos(
  options: ChaosOptions,
  { hasOwnMounts, say, signal }: RunContext,
): Promise<Outcome> {
  const dir = await mkdtemp(join(tmpdir(), 'clipferry-chaos-'))
  const removeAll = () => rm(dir, { recursive: true, force: true, maxRetries: 10 })
  let disk: SmallDisk | undefined
  let stack: Stack | undefined
  try {
    if (hasOwnMounts) disk = mountSmallDisk(join(dir, 'artifacts'))
    const library = findFaketime()
    const clocksDir = join(dir, 'clocks')
    await mkdir(clocksDir)
    const clocks = library === undefined ? undefined : createClocks(clocksDir, library)
    const able = { clock: clocks !== undefined, disk: disk !== undefined }
    const kinds = options.kinds.filter((kind) => isAble(kind, able))
    for (const kind of options.kinds)
      if (!kinds.includes(kind)) say(`left out: ${kind}: ${MISSING[ruleOf(kind).needs ?? 'clock']}`)

    const crashes: string[] = []
    stack = await startStack({
      dir,
      mediaDir: SAMPLE_MEDIA_DIR,
      workers: WORKERS,
      // The temporary folder of who is killed in the middle of a run goes with ours.
      env: { ...SETTINGS, TMPDIR: dir },
      envOf: (name) => (clocks && name.startsWith('worker-') ? clocks.environment(name) : {}),
      say: (line) => {
        if (line.includes('has ended')) crashes.push(line)
      },
    })
    signal.throwIfAborted()
    const plan = makePlan({
      seed: options.seed,
      durationMs: options.minutes * 60_000,
      people: options.people,
      groups: GROUP_COUNT,
      processes: [...stack.processes.keys()],
      kinds,
    })
    say(
      `seed ${options.seed}: ${plan.asks.length} messages of ${options.people} people, ${plan.faults.length} faults`,
    )
    const outcome = await playPlan(stack, plan, { clocks, disk }, { say, signal })
    await stack.stop()
    const logsDir = outcome.verdict.violations.length > 0 ? await keepLogs(dir) : null
    return { ...outcome, crashes, logsDir }
  } finally {
    await stack?.stop()
    disk?.unmount()
    await removeAll()
  }
}

const MISSING = {
  clock: 'libfaketime is not installed (Debian package faketime)',
  disk: 'only root may mount a small disk',
}

function isAble(kind: FaultKind, able: Record<'clock' | 'disk', boolean>): boolean {
  const { needs } = ruleOf(kind)
  return needs === undefined || able[needs]
}

async function playPlan(
  stack: Stack,
  plan: Plan,
  tools: Pick<Parameters<typeof createFaultPlayer>[0], 'clocks' | 'disk'>,
  { say, signal }: { say: (line: string) => void; signal: AbortSignal },
): Promise<Omit<Outcome, 'crashes' | 'logsDir'>> {
  const { world, mediaSite, engines, processes, services } = stack
  if (!world || !mediaSite || !engines) throw new Error('the stack has no stand-ins')
  const count = 1 + Math.max(0, ...plan.asks.map(({ person }) => person))
  const people = createPeople({ world, origin: mediaSite.origin, count })
  const player = createFaultPlayer({ engines, processes, world, mediaSite, people, ...tools }, signal)
  const startedAt = Date.now()
  const at = async (atMs: number) => {
    await sleep(Math.max(0, startedAt + atMs - Date.now()), undefined, { signal })
  }
  const asking = async () => {
    for (const ask of plan.asks) {
      await at(ask.atMs)
      people.ask(ask)
    }
  }
  const playing: Promise<void>[] = []
  const breaking = async () => {
    for (const fault of plan.faults) {
      await at(fault.atMs)
      say(faultLine(fault))
      const played = player.play(fault)
      // Whoever waits for all of them hears of it.
      played.catch(() => undefined)
      playing.push(played)
    }
    await Promise.all(playing)
  }
  await Promise.all([asking(), breaking()])
  player.end()
  say('nothing is broken any more: waiting until everybody has what they are owed')

  const redis = new Redis(services.REDIS_URL, { maxRetriesPerRequest: null })
  redis.on('error', () => undefined)
  const state = createState(redis, services.REDIS_PREFIX ?? 'clipferry')
  try {
    const settlingAt = Date.now()
    const open = await untilSettled(
      { redis, state, world, people },
      { limitMs: SETTLE_LIMIT_MS, signal, say },
    )
    const settledInMs = Date.now() - settlingAt
    const facts = await recordFacts({ redis, state, world, people, outages: player.outages() })
    return { facts, verdict: check(facts), faults: plan.faults.length, open, settledInMs }
  } finally {
    await state.queues.close()
    redis.disconnect()
  }
}

/** @returns where they are from now on */
async function keepLogs(dir: string): Promise<string> {
  const kept = await mkdtemp(join(tmpdir(), 'clipferry-chaos-logs-'))
  await rename(join(dir, 'logs'), join(kept, 'logs'))
  return join(kept, 'logs')
}
