import { setTimeout as sleep } from 'node:timers/promises'
import type { Sweep } from '../queues/mends.ts'
import { isStageName, STAGE_NAMES, type StageName } from '../queues/pipeline.ts'
import { stageNamed } from '../queues/queues.ts'
import {
  type Config,
  ConfigError,
  concurrencyFor,
  readConfig,
  type SectionName,
} from '../src/shared/config.ts'
import { createLogger } from '../src/shared/logger.ts'
import { createRedis } from '../src/shared/redis.ts'
import { runMain } from '../src/shared/run-main.ts'
import { checkYtdlp } from './extractor/check-ytdlp.ts'
import { sweepScratch } from './extractor/scratch.ts'
import { createFailPoints } from './fail-point.ts'
import { applySchedule } from './maintenance/schedule.ts'
import { keepWakingLate } from './maintenance/wake-late.ts'
import { createParts } from './parts.ts'
import { REGISTRY } from './registry.ts'
import { type RunningStage, runStage } from './run-stage.ts'
import { createVersions } from './versions.ts'

const SWEEP_EVERY_MS = 10 * 60_000
/** No run of a tool that writes there takes so long. */
const SCRATCH_MAX_AGE_MS = 3600_000
/** For handlers that were told to stop, and for what says goodbye to services that may be away themselves. */
const LAST_WORDS_MS = 3000

/** `node workers/main.ts fetch transcode` runs these stages, `all` runs every one, until SIGTERM or SIGINT. */
async function main(args: readonly string[]): Promise<void> {
  const names = stagesOf(args)
  const { config, sections, concurrency } = await configure(names)

  const log = createLogger(config.LOG_LEVEL, `worker ${args.join(' ')}`)
  const redis = createRedis(config.REDIS_URL, { role: 'worker', log })
  const parts = createParts(redis, config.REDIS_PREFIX, log)
  const { state } = parts
  // So that the first link need not wait for it; what is wrong with it is that link's to tell.
  if (names.includes('inspect') || names.includes('fetch'))
    void parts
      .extractor()
      .warmUp()
      .catch(() => false)
  if (sections.has('storage'))
    await parts
      .storage()
      .ensureBucket()
      .catch((error: unknown) => log.warn({ err: error }, 'storage is away'))
  if (names.includes('maintenance')) await applySchedule(state.queues)

  const sweeping = keepSweeping(parts, sections)
  const waking = names.includes('maintenance') ? keepWakingLate(state, log) : null
  const failPoints = createFailPoints(config.FAIL_POINTS)
  const running: RunningStage[] = []
  const cancels = await listenForCancels(redis, state.keys.cancelled, running)
  // From the first job on, an end is an orderly one.
  const asked = stopRequest()
  await Promise.all(
    names.map(async (name) => {
      running.push(await start(name, parts, config, concurrency[name], failPoints))
    }),
  )
  log.info({ stages: names }, 'started')

  log.info({ signal: await asked }, 'stopping')
  const graceMs = config.SHUTDOWN_GRACE_SECONDS * 1000
  const stop = async (): Promise<boolean> => {
    await Promise.all(running.map((stage) => stage.stop(graceMs)))
    for (const timer of [sweeping, waking]) if (timer) clearInterval(timer)
    await state.queues.close()
    await parts.close()
    cancels.disconnect()
    redis.disconnect()
    return true
  }
  const isInTime = await Promise.race([stop(), sleep(graceMs + LAST_WORDS_MS, false)])
  if (isInTime) log.info('stopped')
  // The process ends all the same, its tools with it; its jobs come back when their locks are over.
  else log.error('something does not stop')
}

/** Not `once`: execa raises a signal again that nobody else listens to, and would end us with a tool at work. */
const stopRequest = () =>
  new Promise<NodeJS.Signals>((resolve) => {
    process.on('SIGTERM', resolve)
    process.on('SIGINT', resolve)
  })

function stagesOf(args: readonly string[]): StageName[] {
  if (args.length === 1 && args[0] === 'all') return STAGE_NAMES
  const names = args.filter(isStageName)
  if (names.length === 0 || names.length < args.length)
    throw new ConfigError([`name the stages to run, or "all": ${STAGE_NAMES.join(' ')}`])
  return names
}

async function start<N extends StageName>(
  name: N,
  parts: ReturnType<typeof createParts>,
  config: Config<'worker'>,
  concurrency: number | undefined,
  failPoints: ReturnType<typeof createFailPoints>,
): Promise<RunningStage> {
  const handler = await REGISTRY[name].create(parts)
  return runStage(name, handler, concurrency ?? 1, {
    ...parts.state,
    log: parts.log,
    failPoints,
    versions: createVersions(REGISTRY[name].tools?.(parts) ?? {}),
    maxActivePerPerson: config.MAX_ACTIVE_PER_PERSON,
    lockMs: config.LOCK_SECONDS * 1000,
    stalledCheckMs: config.STALLED_CHECK_SECONDS * 1000,
  })
}

/** In every process that has such things: containers and hosts have folders of their own. */
function keepSweeping(
  { artifacts, artifactMaxAgeMs, state, log }: ReturnType<typeof createParts>,
  sections: ReadonlySet<SectionName>,
): NodeJS.Timeout {
  const sweeps = new Map<Sweep, () => Promise<number>>()
  if (sections.has('artifacts')) sweeps.set('artifacts', () => artifacts().sweep(artifactMaxAgeMs()))
  if (sections.has('tools')) sweeps.set('scratch', () => sweepScratch(SCRATCH_MAX_AGE_MS))
  const sweepAll = async () => {
    for (const [what, sweep] of sweeps)
      try {
        await state.mends.swept(what, await sweep(), log)
      } catch (err) {
        log.warn({ err, sweep: what }, 'not swept')
      }
  }
  return setInterval(() => void sweepAll(), SWEEP_EVERY_MS)
}

/** Whoever leaves last anywhere says so on a channel; the process that runs the work hears it. */
async function listenForCancels(
  redis: ReturnType<typeof createRedis>,
  channel: string,
  running: readonly RunningStage[],
) {
  const subscriber = redis.duplicate()
  subscriber.on('error', () => undefined)
  subscriber.on('message', (_channel, jobId: string) => {
    for (const stage of running) stage.cancel(jobId)
  })
  await subscriber.subscribe(channel)
  return subscriber
}

/**
 * All that these stages need of the environment.
 * @throws ConfigError with every problem at once, before anything is opened
 */
async function configure(names: readonly StageName[]) {
  const problems: string[] = []
  const collect = <T>(read: () => T): T | undefined => {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      problems.push(...error.problems)
      return undefined
    }
  }
  const sections = new Set<SectionName>([
    'common',
    'worker',
    ...names.flatMap((name) => REGISTRY[name].sections),
  ])
  const all = collect(() => readConfig([...sections]))
  const concurrency: Partial<Record<StageName, number>> = {}
  for (const name of names) {
    const places = collect(() => concurrencyFor(name, stageNamed(name).concurrency))
    if (places !== undefined) concurrency[name] = places
  }
  if (sections.has('tools') && all) {
    const { YTDLP_PATH, YTDLP_ALLOW_OLD } = readConfig(['tools'])
    const check = await checkYtdlp(YTDLP_PATH, { allowOld: YTDLP_ALLOW_OLD })
    if ('problem' in check) problems.push(check.problem)
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return { config: readConfig(['common', 'worker']), sections, concurrency }
}

runMain(() => main(process.argv.slice(2)))
