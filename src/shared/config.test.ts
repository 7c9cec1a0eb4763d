import { availableParallelism } from 'node:os'
import { describe, expect, test } from 'vitest'
import { ConfigError, concurrencyFor, readConfig, type SectionName } from './config.ts'

const TOKEN = `123456:${'A'.repeat(35)}`

/** The least that every section needs. */
const COMPLETE = {
  REDIS_URL: 'redis://127.0.0.1:6379',
  BOT_TOKEN: TOKEN,
  S3_ENDPOINT: 'http://127.0.0.1:9000',
  S3_BUCKET: 'clips',
  S3_ACCESS_KEY_ID: 'id',
  S3_SECRET_ACCESS_KEY: 'secret',
  ARTIFACTS_DIR: '/srv/artifacts',
  DATABASE_URL: 'postgres://user:pass@127.0.0.1:5432/clipferry',
  ADMIN_PASSWORD: 'long enough',
}

const ALL: SectionName[] = [
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
  'worker',
]

function problemsOf(sections: readonly SectionName[], env: Record<string, string | undefined>): string[] {
  try {
    readConfig(sections, env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

test('the least that is needed is enough, and everything else has a default', () => {
  const config = readConfig(ALL, COMPLETE)
  expect(config).toMatchObject({
    ...COMPLETE,
    LOG_LEVEL: 'info',
    REDIS_PREFIX: 'clipferry',
    BOT_API_URL: 'https://api.telegram.org',
    BOT_API_MODE: 'cloud',
    BOT_UPDATES: 'polling',
    S3_REGION: 'us-east-1',
    ARTIFACTS: 'shared',
    LINK_ALLOW_ORIGINS: [],
    YTDLP_ALLOW_OLD: false,
    EXTRACTOR: 'resident',
    WEB_PORT: 8080,
    WEB_SECURE_COOKIE: false,
    LOCK_SECONDS: 30,
  })
})

test('a process needs its own sections only', () => {
  expect(readConfig(['common'], { REDIS_URL: COMPLETE.REDIS_URL })).not.toHaveProperty('BOT_API_URL')
  expect(problemsOf(['database'], {})).toHaveLength(1)
})

const required: [string, SectionName][] = [
  ['REDIS_URL', 'common'],
  ['BOT_TOKEN', 'telegram'],
  ['S3_ENDPOINT', 'storage'],
  ['S3_BUCKET', 'storage'],
  ['S3_ACCESS_KEY_ID', 'storage'],
  ['S3_SECRET_ACCESS_KEY', 'storage'],
  ['ARTIFACTS_DIR', 'artifacts'],
  ['DATABASE_URL', 'database'],
  ['ADMIN_PASSWORD', 'web'],
]
test.each(required)('%s is required; set to nothing is not set', (name, section) => {
  for (const value of [undefined, '']) {
    const problems = problemsOf([section], { ...COMPLETE, [name]: value })
    // Says what to put there, not only that something is missing.
    expect(problems).toEqual([expect.stringMatching(new RegExp(`^${name} is missing: .{10,}`))])
  }
})

test('an optional variable that is set to nothing has its default', () => {
  const env = {
    ...COMPLETE,
    LOG_LEVEL: '',
    REDIS_PREFIX: '',
    WEB_PORT: '',
    YTDLP_ALLOW_OLD: '',
    ARTIFACTS: '',
    LINK_ALLOW_ORIGINS: '',
    BOT_API_URL: '',
    WEBHOOK_URL: '',
    BOT_API_MODE: '',
  }
  expect(readConfig(ALL, env)).toEqual(readConfig(ALL, COMPLETE))
})

const wrong: [string, SectionName, ...string[]][] = [
  ['REDIS_URL', 'common', 'localhost:6379', 'http://127.0.0.1:6379', 'redis'],
  ['REDIS_PREFIX', 'common', 'a b', 'a:b', '*'],
  ['LOG_LEVEL', 'common', 'loud', 'INFO'],
  ['BOT_TOKEN', 'telegram', 'abc', '123456:short', `bot${TOKEN}`, `${TOKEN}\n`],
  ['BOT_API_URL', 'telegram', 'api.telegram.org', 'ftp://api.telegram.org'],
  ['BOT_API_MODE', 'telegram', 'Local', 'remote'],
  ['WEBHOOK_SECRET', 'bot', 'short', 'with spaces in it, and long'],
  ['WEBHOOK_PORT', 'bot', '-1', '65536', '80a', '1.5'],
  ['S3_ENDPOINT', 'storage', 's3.example.com', 's3://bucket'],
  ['S3_BUCKET', 'storage', 'ab', 'With_Capitals', 'a/b'],
  ['ARTIFACTS', 'artifacts', 'local', 'S3'],
  ['ARTIFACTS_DIR', 'artifacts', 'relative/path', './x'],
  ['ARTIFACT_MAX_AGE_MINUTES', 'artifacts', '0', '-5', 'soon'],
  ['YTDLP_ALLOW_OLD', 'tools', 'yes', '2'],
  ['EXTRACTOR', 'tools', 'plain', 'Exec'],
  ['MAX_FILE_MB', 'limits', '0', 'NaN', '1e999', ' '],
  ['DATABASE_URL', 'database', 'mysql://127.0.0.1/x', 'clipferry'],
  ['WEB_PORT', 'web', '99999', 'http', ' ', '0x10', '1e3'],
  ['ADMIN_PASSWORD', 'web', 'short'],
  ['LOCK_SECONDS', 'worker', '0', '-1', '0.5'],
]
describe.each(wrong)('%s', (name, section, ...values) => {
  test.each(values)('%j is refused by name', (value) => {
    const problems = problemsOf([section], { ...COMPLETE, [name]: value })
    expect(problems).toEqual([expect.stringMatching(new RegExp(`^${name} .{5,}`))])
  })
})

test('no problem repeats a secret', () => {
  const env = {
    ...COMPLETE,
    BOT_TOKEN: 'my-secret-1',
    ADMIN_PASSWORD: 'secret2',
    DATABASE_URL: 'mysql://user:my-secret-3@host/db',
    REDIS_URL: 'http://:my-secret-4@host',
  }
  const problems = problemsOf(ALL, env)
  expect(problems).toHaveLength(4)
  expect(problems.join('\n')).not.toMatch(/secret/)
})

const contradictory: [string, SectionName, Record<string, string>, RegExp][] = [
  ['a local API without its address', 'telegram', { BOT_API_MODE: 'local' }, /^BOT_API_URL is missing/],
  [
    'a local API at Telegram’s own address',
    'telegram',
    { BOT_API_MODE: 'local', BOT_API_URL: 'https://api.telegram.org' },
    /^BOT_API_MODE=local contradicts BOT_API_URL/,
  ],
  [
    'a webhook without a secret',
    'bot',
    { BOT_UPDATES: 'webhook', WEBHOOK_URL: 'https://bot.example/hook' },
    /^WEBHOOK_SECRET is missing/,
  ],
  [
    'a webhook without an address',
    'bot',
    { BOT_UPDATES: 'webhook', WEBHOOK_SECRET: 'x'.repeat(16) },
    /^WEBHOOK_URL is missing/,
  ],
]
test.each(contradictory)('%s is a contradiction', (_what, section, variables, message) => {
  expect(problemsOf([section], { ...COMPLETE, ...variables })).toEqual([expect.stringMatching(message)])
})

test('artifacts in S3 need the storage, also for a stage that does not store', () => {
  const env = { ARTIFACTS_DIR: '/srv/artifacts', ARTIFACTS: 's3' }
  expect(problemsOf(['artifacts'], env)).toHaveLength(4)
  expect(problemsOf(['artifacts', 'storage'], env)).toHaveLength(4)
  expect(problemsOf(['artifacts'], { ...COMPLETE, ...env })).toEqual([])
  expect(problemsOf(['artifacts'], { ...env, ARTIFACTS: 'shared' })).toEqual([])
})

test('a variable that sections share is one problem', () => {
  expect(problemsOf(['telegram', 'limits'], { ...COMPLETE, BOT_API_MODE: 'remote' })).toHaveLength(1)
})

test('what would contradict in another section is no concern of this one', () => {
  expect(problemsOf(['common'], { ...COMPLETE, BOT_UPDATES: 'webhook', BOT_API_MODE: 'local' })).toEqual([])
})

test('all problems come at once: missing, wrong and contradictory', () => {
  const env = { ...COMPLETE, REDIS_URL: '', S3_BUCKET: 'A', WEB_PORT: '-1', BOT_UPDATES: 'webhook' }
  const problems = problemsOf(ALL, env)
  expect(problems.map((problem) => problem.split(' ', 1)[0]).toSorted()).toEqual([
    'REDIS_URL',
    'S3_BUCKET',
    'WEBHOOK_SECRET',
    'WEBHOOK_URL',
    'WEB_PORT',
  ])
  expect(new ConfigError(problems).message).toContain('5 problems')
  for (const problem of problems) expect(new ConfigError(problems).message).toContain(problem)
})

test('lists and flags', () => {
  const read = (LINK_ALLOW_ORIGINS: string, YTDLP_ALLOW_OLD: string) =>
    readConfig(['links', 'tools'], { LINK_ALLOW_ORIGINS, YTDLP_ALLOW_OLD })
  expect(read(' http://a:1 ,, http://b:2,', '1')).toMatchObject({
    LINK_ALLOW_ORIGINS: ['http://a:1', 'http://b:2'],
    YTDLP_ALLOW_OLD: true,
  })
  for (const off of ['0', 'false']) expect(read('', off)).toMatchObject({ YTDLP_ALLOW_OLD: false })
  expect(read('', 'true')).toMatchObject({ YTDLP_ALLOW_OLD: true })
})

describe('concurrencyFor', () => {
  const twice = (cores: number) => 2 * cores

  test('is what the variable says, else what the stage says for this machine', () => {
    expect(concurrencyFor('fetch', twice, { CONCURRENCY_FETCH: '7' })).toBe(7)
    expect(concurrencyFor('fetch', twice, { CONCURRENCY_UPLOAD: '7' })).toBe(2 * availableParallelism())
    expect(concurrencyFor('fetch', twice, { CONCURRENCY_FETCH: '' })).toBe(2 * availableParallelism())
  })

  test.each(['0', '-1', '1.5', '5001', 'many', 'Infinity'])('%j is refused', (value) => {
    expect(() => concurrencyFor('fetch', twice, { CONCURRENCY_FETCH: value })).toThrow(
      new ConfigError(['CONCURRENCY_FETCH must be a whole number from 1 to 5000']),
    )
  })
})
