import { accessSync, constants, mkdirSync } from 'node:fs'
import type { Redis } from 'ioredis'
import { createState } from '../queues/state.ts'
import { createArtifacts } from '../src/shared/artifacts/create-artifacts.ts'
import { ConfigError, readConfig } from '../src/shared/config.ts'
import { createMigration } from '../src/shared/db/keep-migrated.ts'
import { createPool } from '../src/shared/db/pool.ts'
import type { Logger } from '../src/shared/logger.ts'
import { createMessages } from '../src/shared/messages/messages.ts'
import { createStorage } from '../src/shared/storage/create-storage.ts'
import { createTelegram } from '../src/shared/telegram/create-telegram.ts'
import { createExtractor } from './extractor/create-extractor.ts'

/** A message waits so long at Telegram's gate in place; longer, and its job goes back to the queue. */
const HOLD_AT_GATE_MS = 1500
/** What api.telegram.org takes from a bot (core.telegram.org/bots/api#sending-files). */
const CLOUD_LIMIT_BYTES = 50_000_000

/** Less than the stage's own limit, so that the reason is known. */
const INSPECT_DEADLINE_MS = 50_000

const once = <T>(make: () => T): (() => T) => {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** @throws ConfigError when files cannot be kept there: at the start, and not with the first person's link. */
function makeFolder(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    accessSync(dir, constants.W_OK)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : 'unknown'
    throw new ConfigError([
      `ARTIFACTS_DIR=${dir} cannot be written (${code}): make the folder, and let this user own it`,
    ])
  }
}

export type Parts = ReturnType<typeof createParts>

/**
 * What handlers are built from. Each part is made when a stage of this process first needs it, and reads its own
 * section of the environment: a process that fetches untrusted media need not hold the bot's token.
 */
export function createParts(redis: Redis, prefix: string, log: Logger) {
  const storage = once(() => createStorage(readConfig(['storage'])))
  const opened: (() => Promise<unknown>)[] = []
  const database = once(() => {
    const { DATABASE_URL, SLOW_QUERY_MS } = readConfig(['database'])
    const pool = createPool(DATABASE_URL, { applicationName: 'worker', log, slowQueryMs: SLOW_QUERY_MS })
    opened.push(() => pool.end())
    const migrated = createMigration(DATABASE_URL, pool, log)
    // At the start, by whoever comes first; without PostgreSQL the process starts all the same.
    migrated().catch((error: unknown) => log.warn({ err: error }, 'the database is not up to date'))
    return { pool, migrated }
  })

  return {
    log,
    state: createState(redis, prefix),
    storage,
    messages: once(createMessages),

    artifacts: once(() => {
      const { ARTIFACTS, ARTIFACTS_DIR: dir } = readConfig(['artifacts'])
      makeFolder(dir)
      return ARTIFACTS === 'shared'
        ? createArtifacts({ mode: 'shared', dir })
        : createArtifacts({ mode: 's3', dir, storage: storage(), prefix: 'staging/' })
    }),

    database: () => database().pool,
    /** Resolves when the tables are there. */
    migrated: () => database().migrated(),

    /** @param filesDir the folder whose files may be sent; null for who sends texts only */
    telegram(filesDir: string | null) {
      const { BOT_TOKEN, BOT_API_URL, BOT_API_MODE } = readConfig(['telegram'])
      return createTelegram({
        token: BOT_TOKEN,
        apiUrl: BOT_API_URL,
        mode: BOT_API_MODE,
        filesDir,
        redis,
        prefix,
        holdMs: HOLD_AT_GATE_MS,
      })
    },

    artifactsDir: once(() => readConfig(['artifacts']).ARTIFACTS_DIR),

    extractor: once(() => {
      const { YTDLP_PATH, FFMPEG_PATH, EXTRACTOR } = readConfig(['tools'])
      const extractor = createExtractor({
        ytdlpPath: YTDLP_PATH,
        ffmpegPath: FFMPEG_PATH,
        resident: EXTRACTOR === 'resident' ? { log } : undefined,
      })
      opened.push(async () => extractor.close())
      return extractor
    }),

    tools: once(() => readConfig(['tools'])),
    artifactMaxAgeMs: once(() => readConfig(['artifacts']).ARTIFACT_MAX_AGE_MINUTES * 60_000),

    reporting: once(() => readConfig(['reporting'])),
    reports: once(() => readConfig(['reports'])),
    people: once(() => readConfig(['people'])),
    maxQueuedPerPerson: once(() => readConfig(['worker']).MAX_QUEUED_PER_PERSON),

    limits: once(() => {
      const limits = readConfig(['limits'])
      const maxBytes = limits.MAX_FILE_MB * 1_000_000
      return {
        maxFileBytes: limits.BOT_API_MODE === 'cloud' ? Math.min(maxBytes, CLOUD_LIMIT_BYTES) : maxBytes,
        maxDurationS: limits.MAX_DURATION_MINUTES * 60,
        inspectDeadlineMs: INSPECT_DEADLINE_MS,
        fetchDeadlineMs: limits.FETCH_DEADLINE_MINUTES * 60_000,
        noProgressMs: limits.FETCH_NO_PROGRESS_SECONDS * 1000,
        diskReserveBytes: limits.DISK_RESERVE_MB * 1_000_000,
        transcodeBudgetPixels: limits.TRANSCODE_BUDGET_MEGAPIXELS * 1_000_000,
      }
    }),

    async close(): Promise<void> {
      await Promise.all(opened.map((close) => close()))
    },
  }
}
