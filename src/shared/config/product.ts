import { z } from 'zod'
import { flag, isTimeZone, list, number, optional, text, userIds } from './fields.ts'
import { botApiMode, database } from './services.ts'

/** Sections of the environment: what the product does. */

const artifactAge = {
  /** Artifacts that nobody has touched for so long are swept: longer than any stage may take. Replays count on it. */
  ARTIFACT_MAX_AGE_MINUTES: number(360, 1),
}

export const artifacts = z.object({
  /** `shared`: one directory that all stages of one host see. `s3`: a staging prefix, for stages on many hosts. */
  ARTIFACTS: optional(z.enum(['shared', 's3']).default('shared')),
  /** A Bot API server in local mode must see this folder under the same path: it is given files as file:// paths. */
  ARTIFACTS_DIR: text('an absolute path for files in work').pipe(
    z.string().startsWith('/', 'must be an absolute path'),
  ),
  ...artifactAge,
})

export const limits = z.object({
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

export const operator = z.object(artifactAge)

export const web = z.object({
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

export const worker = z.object({
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

export const reporting = z.object({
  /** Days, weeks and the hour of the digest are of this time zone. */
  REPORT_TZ: optional(
    z.string().default('Europe/Moscow').refine(isTimeZone, 'is no time zone, for example Europe/Moscow'),
  ),
  /** Events are kept so long; the numbers of each day for ever. */
  EVENTS_KEEP_MONTHS: number(12, 1, 120),
})

export const reports = z.object({
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
export const people = z.object({
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
