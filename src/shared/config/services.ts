import { z } from 'zod'
import { flag, list, number, optional, text } from './fields.ts'

/** Sections of the environment: what the product talks to, and runs. */

export const common = z.object({
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

export const botApiMode = optional(z.enum(['cloud', 'local']).default('cloud'))

export const telegram = z.object({
  BOT_TOKEN: text('the token that @BotFather gave you').pipe(
    z.string().regex(/^\d{3,16}:[A-Za-z0-9_-]{20,}$/, 'does not look like a bot token (123456:ABC…)'),
  ),
  /** The cloud API, or your own server in local mode. */
  BOT_API_URL: optional(z.url({ protocol: /^https?$/ }).default('https://api.telegram.org')),
  BOT_API_MODE: botApiMode,
})

export const bot = z.object({
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

export const links = z.object({
  /** Origins on private addresses that are allowed all the same (the demo's media site). Never set it for users. */
  LINK_ALLOW_ORIGINS: list,
})

export const storage = z.object({
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

export const database = z.object({
  DATABASE_URL: text('where PostgreSQL is, for example postgres://user:pass@127.0.0.1:5432/clipferry').pipe(
    z.url({ protocol: /^postgres(ql)?$/, error: 'must look like postgres://user:password@host:port/name' }),
  ),
  /** Queries that take as long are logged, without their values. */
  SLOW_QUERY_MS: number(500, 1),
})

export const tools = z.object({
  YTDLP_PATH: optional(z.string().default('yt-dlp')),
  YTDLP_ALLOW_OLD: flag,
  /** `resident`: yt-dlp stays imported, and each run is a child of it. `exec`: a new process for every run. */
  EXTRACTOR: optional(z.enum(['resident', 'exec']).default('resident')),
  FFMPEG_PATH: optional(z.string().default('ffmpeg')),
  FFPROBE_PATH: optional(z.string().default('ffprobe')),
})

export const metabase = z.object({
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
