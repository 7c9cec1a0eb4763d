import { expect, test } from 'vitest'
import { readConfig } from '../../shared/config.ts'
import { productEnvironment } from './product-environment.ts'

const SERVICES = {
  REDIS_URL: 'redis://127.0.0.1:1',
  DATABASE_URL: 'postgres://u:p@127.0.0.1:2/postgres',
  S3_ENDPOINT: 'http://127.0.0.1:3',
  S3_REGION: 'us-east-1',
  S3_BUCKET: 'clipferry',
  S3_ACCESS_KEY_ID: 'key',
  S3_SECRET_ACCESS_KEY: 'secret',
}
const PARTS = {
  given: {},
  services: SERVICES,
  artifactsDir: '/artifacts',
  webPort: 8080,
  adminPassword: 'long enough',
  tools: { ytdlpPath: '/yt-dlp', ffmpegPath: '/ffmpeg', ffprobePath: '/ffprobe' },
}
const STAND_INS = {
  botToken: '7000000001:abcdefghijklmnopqrstuvwx',
  botApiUrl: 'http://127.0.0.1:4',
  mediaOrigin: 'http://127.0.0.1:5',
}
const ALL = [
  'common',
  'telegram',
  'bot',
  'links',
  'storage',
  'artifacts',
  'tools',
  'limits',
  'database',
  'web',
] as const

test('every section of the product is content with it', () => {
  const config = readConfig(ALL, productEnvironment({ ...PARTS, standIns: STAND_INS }, {}))
  expect(config).toMatchObject({
    ...SERVICES,
    BOT_API_MODE: 'local',
    LINK_ALLOW_ORIGINS: [STAND_INS.mediaOrigin],
  })
})

test('with the real Telegram, private addresses stay closed and the token is the one given', () => {
  const env = productEnvironment({ ...PARTS, given: { BOT_TOKEN: '123:real' } }, {})
  expect(env.LINK_ALLOW_ORIGINS).toBeUndefined()
  expect(env.BOT_API_URL).toBeUndefined()
  expect(env.BOT_TOKEN).toBe('123:real')
})

test('what somebody has set gives way to what follows from the stack, and to nothing else', () => {
  const given = { REDIS_URL: 'redis://elsewhere', LOG_LEVEL: 'debug', BOT_UPDATES: 'webhook' }
  const env = productEnvironment({ ...PARTS, given, standIns: STAND_INS }, {})
  expect(env).toMatchObject({ REDIS_URL: SERVICES.REDIS_URL, LOG_LEVEL: 'debug', BOT_UPDATES: 'polling' })
})

test('of our own environment only what any program needs is handed on', () => {
  const env = productEnvironment(PARTS, { PATH: '/bin', https_proxy: 'http://proxy', AWS_PROFILE: 'mine' })
  expect(env).toMatchObject({ PATH: '/bin', https_proxy: 'http://proxy' })
  expect(env).not.toHaveProperty('AWS_PROFILE')
})
