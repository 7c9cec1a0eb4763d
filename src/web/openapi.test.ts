import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { AnalyticsEvent } from '../../queues/event.ts'
import { eventRow } from '../../workers/analytics/event-row.ts'
import { writeEvents } from '../../workers/analytics/write-events.ts'
import { testDatabase, testRedis } from '../playground/testing/services.ts'
import { migrate } from '../shared/db/migrate.ts'
import { createPool } from '../shared/db/pool.ts'
import { aggregateDay } from '../shared/metrics/aggregate-day.ts'
import { addDays, dayIn } from '../shared/metrics/days.ts'
import { daysToMake } from '../shared/metrics/days-to-make.ts'
import { METRICS } from '../shared/metrics/metrics.ts'
import { history } from '../shared/metrics/testing/histories.ts'
import { openApi } from './stats/openapi.ts'
import { startWeb } from './testing/web-under-test.ts'

const ZONE = 'Europe/Moscow'
const DAYS = 20
const DAY_MS = 24 * 3600_000

const Content = z.record(z.string(), z.object({ schema: z.record(z.string(), z.unknown()) }))
const Operation = z.object({
  parameters: z.array(z.object({ name: z.string(), in: z.string() })),
  responses: z.record(z.string(), z.object({ content: Content.optional(), $ref: z.string().optional() })),
})
const Description = z.object({ paths: z.record(z.string(), z.record(z.string(), Operation)) })
const description = Description.parse(openApi())

const ajv = new Ajv2020({ strict: false, allErrors: true })
formats.default(ajv)
/** What is wrong with a value; nothing when it is as described. */
function faults(schema: Record<string, unknown>, value: unknown): unknown {
  return ajv.validate(schema, value) ? [] : ajv.errors
}

let web: Awaited<ReturnType<typeof startWeb>>
let session: { Cookie: string }

beforeAll(async () => {
  const [{ redis, prefix }, { url }] = await Promise.all([testRedis(), testDatabase()])
  await migrate(url)
  const db = createPool(url)
  const startMs = Date.parse(`${addDays(dayIn(ZONE, Date.now()), -DAYS)}T00:00:00+03:00`)
  const midnightsMs = Array.from({ length: DAYS }, (_, n) => startMs + n * DAY_MS)
  const events = history({ seed: 5, people: 60, startMs, days: DAYS, botIds: [1, 2], midnightsMs })
    .map((event) => AnalyticsEvent.parse(event))
    .map((event) => eventRow(event, `bot${event.botId}`))
  for (let i = 0; i < events.length; i += 500) await writeEvents(db, ZONE, events.slice(i, i + 500), [])
  for (const day of await daysToMake(db, ZONE, Date.now())) await aggregateDay(db, day, { timeZone: ZONE })
  await db.query(`INSERT INTO ad_campaigns (name, message, button_text, button_url)
    SELECT 'ad ' || n, 'm', 'b', 'https://a.example' FROM generate_series(1, 3) n`)
  await db.query(`INSERT INTO ab_tests (name, subject, goal, planned_size, is_active, start_date)
    VALUES ('t', 'buttons', 'download_completed', 10, true, now() - interval '15 days')`)
  await db.query(
    `INSERT INTO ab_test_variants (test_id, variant_name, traffic_percentage) VALUES (1, 'a', 50), (1, 'b', 50)`,
  )
  await db.query(`INSERT INTO ab_test_assignments (bot, user_id, test_id, variant_id, assigned_at)
    SELECT bot, user_id, 1, 1 + user_id % 2, now() - interval '14 days' FROM users`)
  await db.end()
  // Not before: a connection that rests for long is closed.
  web = await startWeb({ redis, prefix, databaseUrl: url, reportTz: ZONE })
  session = await web.logIn('viewer')
})
afterAll(() => web?.close())

test('it is valid OpenAPI 3.1, and is served as it is', async () => {
  const served = await (await web.get('/stats/openapi.json', session)).json()
  expect(served).toEqual(JSON.parse(JSON.stringify(openApi())))
  expect(await new Validator().validate(served)).toEqual({ valid: true })
  expect(served.openapi).toBe('3.1.0')
})

test('it names every metric, and nothing twice', () => {
  for (const { id } of METRICS)
    for (const path of [`/stats/${id}`, `/stats/${id}.csv`])
      expect(description.paths).toHaveProperty([path, 'get'])
  const ids = [...JSON.stringify(openApi()).matchAll(/"operationId":"([^"]+)"/g)].map(([, id]) => id)
  expect(new Set(ids).size).toBe(ids.length)
})

const reads = Object.entries(description.paths).flatMap(([path, { get }]) =>
  get && path !== '/stats/live' ? [{ path, get }] : [],
)

describe('every answer is as described', () => {
  test.each(reads)('$path', async ({ path, get }) => {
    const names = get.parameters.filter((one) => one.in === 'query').map(({ name }) => name)
    const today = dayIn(ZONE, Date.now())
    const values: Record<string, string> = {
      ...{ from: addDays(today, -25), to: today, bot: 'bot1', source: 'organic' },
      ...{ platform: 'youtube', limit: '3', days: '30', bom: '1' },
    }
    const queries = ['', `?${new URLSearchParams(names.map((name) => [name, values[name] ?? '']))}`]
    for (const name of names) queries.push(`?${new URLSearchParams({ [name]: values[name] ?? '' })}`)
    for (const query of queries) {
      const response = await web.get(path.replace('{id}', '1') + query, session)
      expect([query, response.status]).toEqual([query, 200])
      const content = get.responses['200']?.content ?? {}
      const type = response.headers.get('content-type')?.split(';')[0] ?? ''
      const schema = content[type]?.schema
      if (!schema) throw new Error(`${type} is not described`)
      const value = type === 'application/json' ? await response.json() : await response.text()
      expect([query, faults(schema, value)]).toEqual([query, []])
    }
  })

  test('and there is something in it', async () => {
    const empty: string[] = []
    for (const { id } of METRICS) {
      const { rows } = await (await web.get(`/stats/${id}`, session)).json()
      if (rows.length === 0) empty.push(id)
    }
    expect(empty).toEqual([])
  })

  test('also what is refused', async () => {
    const { schema } = openApiError()
    for (const path of ['/stats/funnel?from=x', '/stats/nothing', '/api/ads/x'])
      expect(faults(schema, await (await web.get(path, session)).json())).toEqual([])
    const viewer = await web.post('/api/ads', {}, session)
    expect(viewer.status).toBe(403)
  })
})

test('an answer that is not as described would be found', () => {
  const schema =
    description.paths['/stats/summary']?.get?.responses['200']?.content?.['application/json']?.schema ?? {}
  const right = { users_count: 1, videos_count: 2, total_downloads: 3 }
  expect(faults(schema, right)).toEqual([])
  for (const wrong of [{ ...right, more: 1 }, { ...right, users_count: -1 }, { users_count: 1 }, []])
    expect(faults(schema, wrong)).not.toEqual([])
})

function openApiError(): { schema: Record<string, unknown> } {
  const Components = z.object({
    components: z.object({ schemas: z.object({ Error: z.record(z.string(), z.unknown()) }) }),
  })
  return { schema: Components.parse(openApi()).components.schemas.Error }
}

test('the page of it names each endpoint, for people', async () => {
  const page = await web.get('/analytics/api', { ...session, Accept: 'text/html' })
  const text = await page.text()
  expect(page.status).toBe(200)
  for (const path of Object.keys(description.paths)) expect(text).toContain(`${path}<`)
  expect(text).not.toContain('undefined')
  expect((await web.get('/analytics/api')).status).toBe(401)
})
