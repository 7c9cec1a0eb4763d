import { availableParallelism } from 'node:os'
import { z } from 'zod'

/**
 * The only reader of the environment. Each process reads its own sections; whatever is missing, wrong or
 * contradictory is reported at once, with what to do.
 */

/** A variable that is set to nothing counts as not set, as shells and compose files have it. */
const optional = <T extends z.ZodType>(schema: T) => z.preprocess((v) => (v === '' ? undefined : v), schema)

/** Digits only: the usual conversion takes a space for 0 and `0x10` for 16. */
const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max))
const number = (fallback: number, min: number, max = Number.MAX_SAFE_INTEGER) =>
  optional(wholeNumber(min, max).default(fallback))
const flag = optional(
  z
    .enum(['0', '1', 'true', 'false'])
    .default('0')
    .transform((v) => v === '1' || v === 'true'),
)
const list = optional(
  z
    .string()
    .default('')
    .transform((v) =>
      v
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean),
    ),
)
const userIds = list.pipe(
  z
    .array(z.string().regex(/^\d{1,16}$/, 'holds something that is no id of a person'))
    .transform((ids) => ids.map(Number)),
)
const isTimeZone = (name: string) => {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}
const text = (what: string) => optional(z.string({ error: `is missing: ${what}` }))

const common = z.object({
  LOG_LEVEL: optional(z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info')),
  REDIS_URL: text('where Redis is, for example redis://127.0.0.1:6379').pipe(
    z.url({ protocol: /^rediss?$/, error: 'must look like redis://host:port' }),
  ),
  REDIS_PREFIX: optional(
    z
      .string()
      .regex(/^[a-z0-9{}_-]+$/i, 'letters, digits, - and _ only')
      .default('clipferry'),
  ),
})

const botApiMode = optional(z.enum(['cloud', 'local']).default('cloud'))

const telegram = z.object({
  BOT_TOKEN: text('the token that @BotFather gave you').pipe(
    z.string().regex(/^\d{3,16}:[A-Za-z0-9_-]{20,}$/, 'does not look like a bot token (123456:ABC…)'),
  ),
  /** The cloud API, or your own server in local mode. */
  BOT_API_URL: optional(z.url({ protocol: /^https?$/ }).default('https://api.telegram.org')),
  BOT_API_MODE: botApiMode,
})

const bot = z.object({
  BOT_UPDATES: optional(z.enum(['polling', 'webhook']).default('polling')),
  WEBHOOK_URL: optional(z.url({ protocol: /^https?$/ }).optional()),
  WEBHOOK_SECRET: optional(
    z
      .string()
      .regex(/^[A-Za-z0-9_-]{16,256}$/, '16 to 256 characters of A-Z a-z 0-9 _ -')
      .optional(),
  ),
  WEBHOOK_PORT: number(8443, 0, 65535),
  WEBHOOK_HOST: optional(z.string().default('127.0.0.1')),
})

const links = z.object({
  /** Origins on private addresses that are allowed all the same (the demo's media site). Never set it for users. */
  LINK_ALLOW_ORIGINS: list,
})

const storage = z.object({
  S3_ENDPOINT: text('where the S3 server is, for example http://127.0.0.1:9000').pipe(
    z.url({ protocol: /^https?$/ }),
  ),
  S3_REGION: optional(z.string().default('us-east-1')),
  S3_BUCKET: text('the private bucket of the cache').pipe(
    z.string().regex(/^[a-z0-9.-]{3,63}$/, 'is no bucket name'),
  ),
  S3_ACCESS_KEY_ID: text('the access key of the bucket'),
  S3_SECRET_ACCESS_KEY: text('the secret key of the bucket'),
})

const artifactAge = {
  /** Artifacts that nobody has touched for so long are swept: longer than any stage may take. Replays count on it. */
  ARTIFACT_MAX_AGE_MINUTES: number(360, 1),
}

const artifacts = z.object({
  /** `shared`: one directory that all stages of one host see. `s3`: a staging prefix, for stages on many hosts. */
  ARTIFACTS: optional(z.enum(['shared', 's3']).default('shared')),
  /** A Bot API server in local mode must see this folder under the same path: it is given files as file:// paths. */
  ARTIFACTS_DIR: text('an absolute path for files in work').pipe(
    z.string().startsWith('/', 'must be an absolute path'),
  ),
  ...artifactAge,
})

const tools = z.object({
  YTDLP_PATH: optional(z.string().default('yt-dlp')),
  YTDLP_ALLOW_OLD: flag,
  /** `resident`: yt-dlp stays imported, and each run is a child of it. `exec`: a new process for every run. */
  EXTRACTOR: optional(z.enum(['resident', 'exec']).default('resident')),
  FFMPEG_PATH: optional(z.string().default('ffmpeg')),
  FFPROBE_PATH: optional(z.string().default('ffprobe')),
})

const limits = z.object({
  /** The cloud takes less from a bot than a server of your own: see MAX_FILE_MB. */
  BOT_API_MODE: botApiMode,
  MAX_FILE_MB: number(2000, 1),
  MAX_DURATION_MINUTES: number(240, 1),
  FETCH_DEADLINE_MINUTES: number(60, 1),
  FETCH_NO_PROGRESS_SECONDS: number(60, 1),
  /** A fetch that would leave less than this on the artifact disk does not begin. */
  DISK_RESERVE_MB: number(1024, 0),
  /** Pixels of one picture times pictures, in millions: what an encode may cost at most. */
  TRANSCODE_BUDGET_MEGAPIXELS: number(4_000_000, 1),
})

const database = z.object({
  DATABASE_URL: text('where PostgreSQL is, for example postgres://user:pass@127.0.0.1:5432/clipferry').pipe(
    z.url({ protocol: /^postgres(ql)?$/, error: 'must look like postgres://user:password@host:port/name' }),
  ),
  /** Queries that take as long are logged, without their values. */
  SLOW_QUERY_MS: number(500, 1),
})

const reporting = z.object({
  /** Days, weeks and the hour of the digest are of this time zone. */
  REPORT_TZ: optional(
    z.string().default('Europe/Moscow').refine(isTimeZone, 'is no time zone, for example Europe/Moscow'),
  ),
  /** Events are kept so long; the numbers of each day for ever. */
  EVENTS_KEEP_MONTHS: number(12, 1, 120),
})

const reports = z.object({
  /** The chat or channel that gets the digest, the weekly report, alerts and notes of new people; none without it. */
  ANALYTICS_CHANNEL_ID: optional(
    z
      .string()
      .regex(/^-?\d{1,16}$/, 'is no id of a chat, for example -1001234567890')
      .transform(Number)
      .optional(),
  ),
  /** Alerts are posted there too, as JSON. */
  ALERT_WEBHOOK_URL: optional(z.url({ protocol: /^https?$/ }).optional()),
  /** Of the requests of a quarter of an hour, so many percent fail for a reason that somebody could mend. */
  ALERT_ERROR_PERCENT: number(20, 1, 100),
  /** The first in line of a stage waits for so long. */
  ALERT_QUEUE_AGE_SECONDS: number(300, 10),
  /** So many dead letters are open. */
  ALERT_DEAD_LETTERS: number(10, 1),
  /** Of those who were active in a month, so many percent were not in the one after it. */
  ALERT_CHURN_PERCENT: number(80, 1, 100),
  /** So many percent fewer of those who start get a first file than in the week before. */
  ALERT_CONVERSION_DROP_PERCENT: number(30, 1, 100),
  /** Nobody does anything for so long, after a day that was busy. */
  ALERT_SILENCE_HOURS: number(6, 1, 168),
  /** The same alert is told again no sooner than this. */
  ALERT_COOL_DOWN_MINUTES: number(60, 1),
  /** The language of what goes to the channel. */
  REPORT_LANGUAGE: optional(z.enum(['en', 'ru']).default('ru')),
})

/** Who may use the bot, and how much. */
const people = z.object({
  /** `allowlist`: those of ALLOWED_USER_IDS. `invite`: who comes by somebody's link, beside them. */
  ACCESS: optional(z.enum(['open', 'allowlist', 'invite']).default('open')),
  ALLOWED_USER_IDS: userIds,
  /** May use /admin_analytics, /admin_funnel, /block, /unblock and /limits, and have no limits themselves. */
  ADMIN_USER_IDS: userIds,
  /** Files that cost us something, for each person for ever. 0: no limit. */
  FREE_DOWNLOADS: number(10, 0),
  /** What a person above it gets: the file; the file and an ad; the file, later; a refusal. */
  ABOVE_FREE: optional(z.enum(['nothing', 'ad', 'wait', 'stop']).default('nothing')),
  ABOVE_FREE_WAIT_SECONDS: number(60, 1, 24 * 3600),
  /** Links of one person. 0: no limit. */
  LINKS_PER_MINUTE: number(30, 0),
  LINKS_PER_DAY: number(500, 0),
  /** More free downloads for who brings somebody, and for how many people a day. */
  REFERRAL_BONUS: number(5, 0),
  REFERRALS_PER_DAY: number(10, 0),
  /** The bonus comes after the newcomer's first file, and so long after their first start. */
  REFERRAL_BONUS_HOURS: number(0, 0, 24),
  /** Asked after the free limit, or the tenth file. */
  SURVEY: optional(z.enum(['on', 'off']).default('on')),
})

const metabase = z.object({
  METABASE_URL: optional(z.url({ protocol: /^https?$/ }).default('http://metabase:3000')),
  /** Who logs in there, as its first and only administrator. */
  METABASE_EMAIL: optional(z.email().default('admin@clipferry.invalid')),
  METABASE_PASSWORD: text('the password of METABASE_EMAIL in Metabase').pipe(
    z.string().min(10, 'needs at least 10 characters'),
  ),
  /** Of its users in PostgreSQL: one for its own database, and one that only reads ours. */
  METABASE_DB_PASSWORD: text('the password of the users of Metabase in PostgreSQL').pipe(
    z.string().min(10, 'needs at least 10 characters'),
  ),
})

const operator = z.object(artifactAge)

const web = z.object({
  ...artifactAge,
  /**
   * Where the dashboard reads its numbers, in transactions that can do nothing else, and keeps ads and experiments. As a
   * user that may only read, it shows all and changes nothing.
   */
  DATABASE_URL: database.shape.DATABASE_URL,
  SLOW_QUERY_MS: database.shape.SLOW_QUERY_MS,
  /** Logs in as `viewer`: sees everything, changes nothing. Without it there is no such user. */
  VIEWER_PASSWORD: optional(z.string().min(8, 'needs at least 8 characters').optional()),
  WEB_HOST: optional(z.string().default('127.0.0.1')),
  WEB_PORT: number(8080, 0, 65535),
  /** Logs in as `admin`. */
  ADMIN_PASSWORD: text('the password of the dashboard').pipe(
    z.string().min(8, 'needs at least 8 characters'),
  ),
  /** Set it behind TLS: the session cookie is then sent over https only. */
  WEB_SECURE_COOKIE: flag,
})

const worker = z.object({
  /** How long a stopping worker lets its jobs end before it gives them back. */
  SHUTDOWN_GRACE_SECONDS: number(20, 0),
  LOCK_SECONDS: number(30, 1),
  STALLED_CHECK_SECONDS: number(10, 1),
  /** Requests of one person that are not over; more are left out, and the person is told. */
  MAX_QUEUED_PER_PERSON: number(20, 1),
  /** Jobs of one person that run at once in each stage of heavy work, over all processes. */
  MAX_ACTIVE_PER_PERSON: number(3, 1),
  /** For tests: places where the process kills itself (`workers/fail-point.ts`). Never set it for users. */
  FAIL_POINTS: list,
})

const SECTIONS = {
  common,
  telegram,
  bot,
  links,
  storage,
  artifacts,
  tools,
  limits,
  database,
  reporting,
  reports,
  people,
  metabase,
  operator,
  web,
  worker,
}
type Sections = typeof SECTIONS
export type SectionName = keyof Sections
type ShapeOf<N extends SectionName> = z.infer<Sections[N]>
type Both<U> = (U extends unknown ? (u: U) => void : never) extends (i: infer I) => void ? I : never

/** The parsed environment of the sections `N`, all in one flat object. */
export type Config<N extends SectionName> = Both<N extends SectionName ? ShapeOf<N> : never>

type Environment = Record<string, string | undefined>

export class ConfigError extends Error {
  readonly problems: string[]

  constructor(problems: string[]) {
    super(
      `The configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    )
    this.name = 'ConfigError'
    this.problems = problems
  }
}

/**
 * Reads and checks the sections that a process needs.
 * @throws ConfigError with every problem at once.
 */
export function readConfig<N extends SectionName>(
  sections: readonly N[],
  env: Environment = process.env,
): Config<N> {
  const problems: string[] = []
  const values: Record<string, unknown> = {}
  for (const name of sections) {
    const parsed = SECTIONS[name].safeParse(env)
    if (parsed.success) Object.assign(values, parsed.data)
    else for (const issue of parsed.error.issues) problems.push(`${issue.path.join('.')} ${issue.message}`)
  }
  problems.push(...contradictions(new Set<SectionName>(sections), env))
  // Sections may share a variable.
  if (problems.length > 0) throw new ConfigError([...new Set(problems)])
  return values as Config<N>
}

/** What each variable allows on its own but not together. */
function contradictions(sections: Set<SectionName>, env: Environment): string[] {
  const problems: string[] = []
  if (sections.has('artifacts') && !sections.has('storage') && env.ARTIFACTS === 's3') {
    const missing = SECTIONS.storage.safeParse(env).error?.issues ?? []
    for (const issue of missing)
      problems.push(`${issue.path.join('.')} ${issue.message} (ARTIFACTS=s3 needs it)`)
  }
  if (sections.has('telegram')) {
    const local = env.BOT_API_MODE === 'local'
    if (local && !env.BOT_API_URL)
      problems.push('BOT_API_URL is missing: BOT_API_MODE=local needs the address of your own Bot API server')
    if (local && env.BOT_API_URL?.startsWith('https://api.telegram.org'))
      problems.push(
        "BOT_API_MODE=local contradicts BOT_API_URL: Telegram's own server does not read local files",
      )
  }
  if (sections.has('bot') && env.BOT_UPDATES === 'webhook') {
    if (!env.WEBHOOK_SECRET)
      problems.push('WEBHOOK_SECRET is missing: without it anybody could post updates to the webhook')
    if (!env.WEBHOOK_URL) problems.push('WEBHOOK_URL is missing: Telegram must know where to post updates')
  }
  return problems
}

/**
 * How many jobs of a stage one process runs: `CONCURRENCY_<STAGE>`, or what the stage's contract says for this
 * machine.
 */
export function concurrencyFor(
  stage: string,
  byCores: (cores: number) => number,
  env: Environment = process.env,
): number {
  const name = `CONCURRENCY_${stage.toUpperCase()}`
  const parsed = optional(wholeNumber(1, 5000).optional()).safeParse(env[name])
  if (!parsed.success) throw new ConfigError([`${name} must be a whole number from 1 to 5000`])
  return parsed.data ?? byCores(availableParallelism())
}
