import { parse } from 'csv-parse/sync'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { testDatabase } from '../playground/testing/services.ts'
import { addDays, dayIn } from '../shared/metrics/days.ts'
import { METRICS } from '../shared/metrics/metrics.ts'
import { ENDPOINTS } from './stats/endpoints.ts'
import { SIMPLE_ENDPOINTS } from './stats/simple-endpoints.ts'
import { startWeb } from './testing/web-under-test.ts'
import { startWebWithDatabase } from './testing/web-with-database.ts'

const ZONE = 'Europe/Moscow'

let web: Awaited<ReturnType<typeof startWebWithDatabase>>
let today: string

beforeAll(async () => {
  web = await startWebWithDatabase({ reportTz: ZONE })
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

const get = (path: string) => web.get(path, web.viewer)
const json = async (path: string) => {
  const response = await get(path)
  return [response.status, await response.json()]
}

describe('the answers of file 000, in exactly their shapes', () => {
  test('health, without a login', async () => {
    const response = await web.get('/health')
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }])
  })

  test('summary: who knows two bots is one person', async () => {
    expect(await json('/stats/summary')).toEqual([
      200,
      { users_count: 2, videos_count: 4, total_downloads: 56 },
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

test('nothing of it without a login; a page is led to it', async () => {
  for (const { id } of ENDPOINTS)
    for (const path of [`/stats/${id}`, `/stats/${id}.csv`])
      expect([path, (await web.get(path)).status]).toEqual([path, 401])
  for (const path of ['/stats/live', '/stats/openapi.json', '/api/ads', '/api/experiments'])
    expect([path, (await web.get(path)).status]).toEqual([path, 401])
  const page = await web.get('/stats/funnel', { Accept: 'text/html' })
  expect([page.status, page.headers.get('location')]).toEqual([303, '/login'])
})

test('without PostgreSQL the numbers say so, and everything else works', async () => {
  const { redis, keys } = web.state
  const away = await startWeb({ redis, prefix: keys.prefix })
  for (const { id } of [...SIMPLE_ENDPOINTS, ...METRICS]) {
    const response = await away.get(`/stats/${id}`, web.viewer)
    expect([id, response.status, await response.json()]).toEqual([
      ...[id, 503],
      { error: expect.stringContaining('PostgreSQL cannot be reached') },
    ])
  }
  expect((await away.get('/stats/funnel.csv', web.viewer)).headers.get('content-disposition')).toBeNull()
  expect((await away.get('/stats/funnel?from=x', web.viewer)).status).toBe(400)
  for (const path of ['/', '/queues', '/dead-letters', '/health', '/stats/openapi.json'])
    expect([path, (await away.get(path, web.viewer)).status]).toEqual([path, 200])
  await away.close()
})

test('an answer that takes too long is no database that is away', async () => {
  const blocker = await web.db.connect()
  await blocker.query('BEGIN; LOCK TABLE videos')
  const answer = web.get('/stats/summary', web.viewer)
  // As the statement timeout does it, but now.
  const cancel = `SELECT pg_cancel_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`
  await vi.waitFor(async () => expect((await blocker.query(cancel)).rowCount).toBe(1), 30_000)
  const { status, headers } = await answer
  expect([status, headers.get('retry-after')]).toEqual([504, null])
  expect(await (await answer).json()).toEqual({
    error: expect.stringMatching(/took too long: ask for fewer days/),
  })
  await blocker.query('ROLLBACK')
  blocker.release()
})

test('without Redis nobody can be known, and a script can read that', async () => {
  const redis = new Redis('redis://127.0.0.1:1', { enableOfflineQueue: false, maxRetriesPerRequest: 0 })
  redis.on('error', () => undefined)
  const away = await startWeb({ redis, prefix: web.state.keys.prefix, databaseUrl: web.databaseUrl })
  const response = await away.get('/stats/summary', web.viewer)
  expect([response.status, await response.json()]).toEqual([
    503,
    { error: 'Redis cannot be reached: try again in a moment' },
  ])
  await away.close()
  redis.disconnect()
})

test('a database that is not migrated yet is one that cannot be reached', async () => {
  const { redis, keys } = web.state
  const { url } = await testDatabase()
  const empty = await startWeb({ redis, prefix: keys.prefix, databaseUrl: url })
  expect((await empty.get('/stats/funnel', web.viewer)).status).toBe(503)
  await empty.close()
})
