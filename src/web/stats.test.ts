import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabase, testRedis } from '../playground/testing/services.ts'
import { migrate } from '../shared/db/migrate.ts'
import { addDays, dayIn } from '../shared/metrics/days.ts'
import { METRICS } from '../shared/metrics/metrics.ts'
import { ENDPOINTS } from './stats/endpoints.ts'
import { SIMPLE_ENDPOINTS } from './stats/simple-endpoints.ts'
import { startWeb } from './testing/web-under-test.ts'

const ZONE = 'Europe/Moscow'

let web: Awaited<ReturnType<typeof startWeb>>
let session: { Cookie: string }
let today: string

beforeAll(async () => {
  const [{ redis, prefix }, { url }] = await Promise.all([testRedis(), testDatabase()])
  await migrate(url)
  web = await startWeb({ redis, prefix, databaseUrl: url, reportTz: ZONE })
  session = await web.logIn('viewer')
  today = dayIn(ZONE, Date.now())
  const at = new Date().toISOString()
  await web.db.query(`INSERT INTO users (bot, user_id, first_seen_at, last_seen_at) VALUES
    ('a', 1, now(), now()), ('a', 2, now(), now()), ('b', 2, now(), now())`)
  await web.db.query(`INSERT INTO videos (video_id, platform, first_seen_at, total_downloads, last_download_at) VALUES
    ('instagram:A', 'instagram', now(), 45, '2026-01-15T10:30:00Z'), ('youtube:B', 'youtube', now(), 5, now()),
    ('youtube:C', 'youtube', now(), 5, now()), ('x:=1+1', '=cmd', now(), 1, now())`)
  for (const [days, userId] of [
    [0, 1],
    [6, 2],
    [7, 3],
    [30, 4],
  ] as const)
    await web.db.query('INSERT INTO daily_active (day, bot, user_id) VALUES ($1, $2, $3)', [
      addDays(dayIn(ZONE, Date.parse(at)), -days),
      'a',
      userId,
    ])
})
afterAll(() => web?.close())

const get = (path: string) => web.get(path, session)
const json = async (path: string) => {
  const response = await get(path)
  return [response.status, await response.json()]
}

describe('the answers of file 000, in exactly their shapes', () => {
  test('health, without a login', async () => {
    const response = await web.get('/health')
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }])
  })

  test('summary', async () => {
    expect(await json('/stats/summary')).toEqual([
      200,
      { users_count: expect.any(Number), videos_count: 4, total_downloads: 56 },
    ])
  })

  test('top-videos', async () => {
    const [status, videos] = await json('/stats/top-videos?limit=2')
    expect([status, videos]).toEqual([
      200,
      [
        {
          video_id: 'instagram:A',
          platform: 'instagram',
          total_downloads: 45,
          last_download_at: expect.stringMatching(/^2026-01-15T10:30:00/),
        },
        expect.objectContaining({ video_id: 'youtube:B' }),
      ],
    ])
  })

  test('platforms', async () => {
    expect(await json('/stats/platforms')).toEqual([200, { instagram: 45, youtube: 10, '=cmd': 1 }])
  })

  test('active-users: today and the days before it', async () => {
    expect(await json('/stats/active-users')).toEqual([200, { days: 7, active_users_count: 2 }])
    expect(await json('/stats/active-users?days=8')).toEqual([200, { days: 8, active_users_count: 3 }])
    expect(await json('/stats/active-users?days=1')).toEqual([200, { days: 1, active_users_count: 1 }])
  })

  test('as files, in which nothing is a formula', async () => {
    const platforms = await get('/stats/platforms.csv?bom=1')
    expect(platforms.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present')
    expect(platforms.headers.get('content-disposition')).toBe('attachment; filename="platforms.csv"')
    // Reading a text leaves the mark out.
    const bytes = Buffer.from(await platforms.arrayBuffer())
    expect(bytes.toString()).toBe("﻿platform,total_downloads\r\ninstagram,45\r\nyoutube,10\r\n'=cmd,1\r\n")
    expect(await (await get('/stats/active-users.csv?days=8')).text()).toBe(
      'days,active_users_count\r\n8,3\r\n',
    )
    const top = parse(await (await get('/stats/top-videos.csv')).text())
    expect(top).toHaveLength(5)
  })
})

test('every metric answers, for the last 30 days when none are given, as JSON and as a file', async () => {
  for (const { id, columns, isRanking } of METRICS) {
    const response = await get(`/stats/${id}`)
    expect([id, response.status, response.status === 200 ? '' : web.lines.at(-1)]).toEqual([id, 200, ''])
    const answer = await response.json()
    expect(answer).toMatchObject({
      metric: id,
      query: { from: addDays(today, -29), to: today, bot: null, source: null, platform: null },
    })
    expect([id, answer.query.limit]).toEqual([id, isRanking ? 10 : null])
    const file = await (await get(`/stats/${id}.csv`)).text()
    const [names, ...rows] = parse(file)
    expect([id, names]).toEqual([id, Object.keys(columns)])
    expect([id, rows.length]).toEqual([id, answer.rows.length])
  }
})

test('no two endpoints have one address', () => {
  const ids = [...ENDPOINTS.map(({ id }) => id), 'live', 'openapi.json']
  expect(new Set(ids).size).toBe(ids.length)
})

describe('what cannot be answered', () => {
  const day = (days: number) => addDays('2026-05-01', days)
  const ofDays: [string, RegExp][] = [
    ['from=2026-02-30', /^from must be a day/],
    ['from=yesterday', /^from must be a day/],
    ['to=2026-5-1', /^to must be a day/],
    ['to=2026-05-01T00:00:00Z', /^to must be a day/],
    ['from=0001-01-01', /^from must be from 2015/],
    ['to=9999-01-01', /^to must be from 2015/],
    [`from=${day(1)}&to=${day(0)}`, /^from \(2026-05-02\) is after to \(2026-05-01\)$/],
    [`from=${day(0)}&to=${day(400)}`, /^these are 401 days: ask for 400 at most$/],
    [`from=${day(0)}&from=${day(1)}`, /^from is given more than once$/],
    ['from[]=2026-05-01', /no parameter "from\[\]"/],
    ["from=2026-05-01'--", /^from must be a day/],
  ]
  const ofFilters: Record<string, [string, RegExp][]> = {
    bot: [
      ['bot=a%00b', /^bot must be/],
      ['bot=a&bot=b', /^bot is given more than once/],
      [`bot=${'x'.repeat(65)}`, /^bot must be/],
      ["bot=' OR 1=1", /^bot must be/],
    ],
    source: [['source=google', /^source must be organic, referral or campaign/]],
    platform: [
      ['platform=you tube', /^platform must be/],
      ['platform=<script>', /^platform must be/],
    ],
  }
  const limits = (name: string, most: number): [string, RegExp][] => [
    [`${name}=0`, new RegExp(`^${name} must be from 1 to ${most}`)],
    [`${name}=${most + 1}`, new RegExp(`^${name} must be from 1 to ${most}`)],
    [`${name}=-1`, new RegExp(`^${name} must be a whole number`)],
    [`${name}=1.5`, new RegExp(`^${name} must be a whole number`)],
    [`${name}=0x10`, new RegExp(`^${name} must be a whole number`)],
    [`${name}=%20`, new RegExp(`^${name} must be a whole number`)],
    [`${name}=1e9`, new RegExp(`^${name} must be a whole number`)],
    [`${name}=1&${name}=2`, new RegExp(`^${name} is given more than once`)],
  ]
  const unknown: [string, RegExp][] = [
    ['sort=1', /^there is no parameter "sort"/],
    ['__proto__=1', /^there is no parameter "__proto__"/],
    ['constructor=1', /^there is no parameter "constructor"/],
    ['FROM=2026-05-01', /^there is no parameter "FROM"/],
    ['=1', /^there is no parameter ""/],
    [`${'y'.repeat(3000)}=1`, /^there is no parameter "y{40}"/],
  ]

  test.each(ENDPOINTS.map(({ id, takes }) => [id, takes] as const))('%s', async (id, takes) => {
    const expected: [string, RegExp][] = [...unknown]
    if (takes.includes('from')) expected.push(...ofDays)
    for (const filter of ['bot', 'source', 'platform'] as const)
      if (takes.includes(filter)) expected.push(...(ofFilters[filter] ?? []))
      else expected.push([`${filter}=organic`, new RegExp(`^this cannot be told by ${filter}: it takes`)])
    if (takes.includes('limit')) expected.push(...limits('limit', 1000))
    else expected.push(['limit=5', /^there is no parameter "limit"/])
    if (takes.includes('days')) expected.push(...limits('days', 400))
    else expected.push(['days=5', /^there is no parameter "days"/])
    // A file reads its parameters in the same way: some of each kind are enough.
    const asFile = expected.filter((_, i) => i % 6 === 0)
    for (const [suffix, cases] of [
      ['', expected],
      ['.csv', asFile],
    ] as const)
      for (const [query, reason] of cases) {
        const response = await get(`/stats/${id}${suffix}?${query}`)
        const { error } = await response.json()
        expect([query, response.status, error]).toEqual([query, 400, expect.stringMatching(reason)])
        expect(response.headers.get('content-type')).toContain('application/json')
      }
    // Only a file has it.
    expect((await get(`/stats/${id}?bom=1`)).status).toBe(400)
    expect((await get(`/stats/${id}.csv?bom=2`)).status).toBe(400)
  })

  test('all problems of a request are said at once', async () => {
    const [status, { error }] = await json('/stats/top-media?from=x&limit=0&sort=up')
    expect(status).toBe(400)
    for (const name of ['from', 'limit', 'sort']) expect(error).toContain(name)
  })

  test('an empty field of a form is not given', async () => {
    expect((await get('/stats/platform-downloads?from=&to=&bot=&source=&platform=&limit=')).status).toBe(200)
  })

  test.each([
    '/stats',
    '/stats/',
    '/stats/nothing',
    '/stats/funnel/',
    '/stats/FUNNEL.CSV',
    '/stats/__proto__',
    '/stats/funnel.xml',
  ])('%s is not there, or is what it looks like', async (path) => {
    const response = await get(path)
    expect([200, 404]).toContain(response.status)
    if (response.status === 404)
      expect(await response.json()).toEqual({ error: 'there is nothing of this name' })
  })
})

test('nothing of it without a login; a page is led to it', async () => {
  for (const { id } of ENDPOINTS)
    for (const path of [`/stats/${id}`, `/stats/${id}.csv`])
      expect([path, (await web.get(path)).status]).toEqual([path, 401])
  for (const path of ['/stats/live', '/stats/openapi.json', '/api/ads', '/api/experiments'])
    expect([path, (await web.get(path)).status]).toEqual([path, 401])
  const page = await web.get('/stats/funnel', { Accept: 'text/html' })
  expect([page.status, page.headers.get('location')]).toEqual([303, '/login'])
})

test('an answer is kept for a while, and two who ask at once share one query', async () => {
  const { redis, keys } = web.state
  const { options } = web.db
  const local = await startWeb({
    ...{ redis, prefix: keys.prefix, databaseUrl: String(options.connectionString), answersKeptMs: 60_000 },
  })
  const ask = async (query = '') => await (await local.get(`/stats/summary${query}`, session)).json()
  const [first, second] = await Promise.all([ask(), ask()])
  expect(second).toEqual(first)
  await web.db.query(`INSERT INTO videos VALUES ('new', 'x', now(), 1000, now())`)
  expect(await ask()).toEqual(first)
  const kept = await redis.keys(keys.statsAnswer('*'))
  expect(kept).toHaveLength(1)
  expect(await redis.pttl(kept[0] ?? '')).toBeGreaterThan(0)
  await redis.del(...kept)
  expect(await ask()).toMatchObject({ total_downloads: first.total_downloads + 1000 })
  await web.db.query(`DELETE FROM videos WHERE video_id = 'new'`)
  await local.close()
})

test('without PostgreSQL the numbers say so, and everything else works', async () => {
  const { redis, keys } = web.state
  const away = await startWeb({ redis, prefix: keys.prefix })
  for (const { id } of [...SIMPLE_ENDPOINTS, ...METRICS]) {
    const response = await away.get(`/stats/${id}`, session)
    expect([id, response.status, await response.json()]).toEqual([
      ...[id, 503],
      { error: expect.stringContaining('PostgreSQL cannot be reached') },
    ])
  }
  expect((await away.get('/stats/funnel.csv', session)).headers.get('content-disposition')).toBeNull()
  expect((await away.get('/stats/funnel?from=x', session)).status).toBe(400)
  for (const path of ['/', '/queues', '/dead-letters', '/health', '/stats/openapi.json'])
    expect([path, (await away.get(path, session)).status]).toEqual([path, 200])
  await away.close()
})

test('a database that is not migrated yet is one that cannot be reached', async () => {
  const { redis, keys } = web.state
  const { url } = await testDatabase()
  const empty = await startWeb({ redis, prefix: keys.prefix, databaseUrl: url })
  expect((await empty.get('/stats/funnel', session)).status).toBe(503)
  await empty.close()
})
