import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { startWebWithDatabase } from './testing/web-with-database.ts'

let web: Awaited<ReturnType<typeof startWebWithDatabase>>
beforeAll(async () => {
  web = await startWebWithDatabase()
})
afterAll(() => web?.close())
beforeEach(async () => {
  await web.db.query('TRUNCATE ab_tests, ab_test_variants, ab_test_assignments RESTART IDENTITY CASCADE')
  await web.queues.queue('maintenance').obliterate({ force: true })
})

const TEST = {
  name: 'ten-or-fifteen',
  subject: 'free_downloads',
  goal: 'user_referred',
  plannedSize: 500,
  variants: [
    { name: 'ten', share: 50, config: { free: 10 } },
    { name: 'fifteen', share: 50, config: { free: 15 } },
  ],
}

test('new, running, ended, and never back', async () => {
  const made = await web.postJson('/experiments', {
    ...TEST,
    description: 'Do more free files bring more people?',
  })
  expect([made.status, await made.json()]).toEqual([
    201,
    {
      ...{ id: 1, ...TEST, description: 'Do more free files bring more people?' },
      ...{ state: 'new', startedAt: null, endedAt: null },
    },
  ])
  expect((await web.postJson('/experiments/1/stop', {})).status).toBe(409)
  const started = await (await web.postJson('/experiments/1/start', {})).json()
  expect(started).toMatchObject({ state: 'running', startedAt: expect.any(String), endedAt: null })
  const again = await web.postJson('/experiments/1/start', {})
  expect([again.status, (await again.json()).error]).toEqual([409, expect.stringContaining('it is running')])
  expect(await (await web.postJson('/experiments/1/stop', {})).json()).toMatchObject({
    ...{ state: 'ended', endedAt: expect.any(String) },
  })
  const third = await web.postJson('/experiments/1/start', {})
  expect([third.status, (await third.json()).error]).toEqual([409, expect.stringContaining('it has ended')])
  expect(await web.read('/experiments/1')).toMatchObject({ state: 'ended' })
  expect(await web.told()).toBe(3)
})

test('there is no way to change what a variant gets, or how many get it', async () => {
  await web.postJson('/experiments', TEST)
  await web.postJson('/experiments/1/start', {})
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    const answer = await fetch(`${web.origin}/api/experiments/1`, {
      ...{ method, headers: { Origin: web.origin, 'Content-Type': 'application/json', ...web.admin } },
      body: JSON.stringify({ variants: [] }),
    })
    expect([method, answer.status]).toEqual([method, 404])
  }
  expect(await web.read('/experiments/1')).toMatchObject({ variants: TEST.variants })
})

test('one on each subject: of ten that are started at once one runs', async () => {
  for (let i = 0; i < 10; i++) await web.postJson('/experiments', { ...TEST, name: `t${i}` })
  await web.postJson('/experiments', {
    ...{ ...TEST, name: 'other', subject: 'buttons' },
    variants: TEST.variants.map(({ name, share }) => ({ name, share, config: {} })),
  })
  const starts = await Promise.all(
    Array.from({ length: 10 }, (_, i) => web.postJson(`/experiments/${i + 1}/start`, {})),
  )
  expect(starts.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(409)])
  expect((await web.postJson('/experiments/11/start', {})).status).toBe(200)
  const { experiments } = await web.read('/experiments')
  expect(experiments.filter(({ state }: { state: string }) => state === 'running')).toHaveLength(2)
  // After its end the next one may begin.
  const running = experiments.find((one: { subject: string }) => one.subject === 'free_downloads')
  await web.postJson(`/experiments/${running.id}/stop`, {})
  const next = running.id === 1 ? 2 : 1
  expect((await web.postJson(`/experiments/${next}/start`, {})).status).toBe(200)
})

test('one that starts while another one on its subject is about to waits, and then does not', async () => {
  for (const name of ['a', 'b']) await web.postJson('/experiments', { ...TEST, name })
  const blocker = await web.db.connect()
  await blocker.query('BEGIN')
  // The first start can look, and cannot write yet.
  await blocker.query('SELECT FROM ab_tests WHERE id = 1 FOR UPDATE')
  const waiting = async () => {
    const locks = `SELECT count(*)::integer AS n FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`
    return (await blocker.query(locks)).rows[0].n
  }
  const first = web.postJson('/experiments/1/start', {})
  await vi.waitFor(async () => expect(await waiting()).toBe(1), 30_000)
  let isOver = false
  const second = web.postJson('/experiments/2/start', {}).finally(() => {
    isOver = true
  })
  await vi.waitFor(async () => expect(isOver || (await waiting()) === 2).toBe(true), 30_000)
  await blocker.query('COMMIT')
  blocker.release()
  expect([(await first).status, (await second).status]).toEqual([200, 409])
})

test('a name is given once', async () => {
  expect((await web.postJson('/experiments', TEST)).status).toBe(201)
  const second = await web.postJson('/experiments', TEST)
  expect([second.status, (await second.json()).error]).toEqual([
    409,
    expect.stringContaining('name is taken'),
  ])
})

const [ten, fifteen] = TEST.variants
test.each([
  [{ name: 'two words' }, 'name'],
  [{ name: '' }, 'name'],
  [{ subject: 'prices' }, 'subject'],
  [{ goal: 'experiment_seen' }, 'goal'],
  [{ goal: 'profit' }, 'goal'],
  [{ plannedSize: 3 }, 'plannedSize'],
  [{ variants: [] }, 'variants'],
  [{ variants: [ten] }, 'variants'],
  [{ variants: [ten, ten] }, 'variants must have names of their own'],
  [{ variants: [{ ...ten, share: 60 }, fifteen] }, 'variants have more than 100 %'],
  [{ variants: [{ ...ten, share: 0 }, fifteen] }, 'share'],
  [{ variants: [{ ...ten, share: -5 }, fifteen] }, 'share'],
  [{ variants: [{ ...ten, config: {} }, fifteen] }, 'variants.0.config.free'],
  [{ variants: [ten, { ...fifteen, config: { free: -1 } }] }, 'variants.1.config.free'],
  [{ variants: [ten, { ...fifteen, config: { free: 15, price: 1 } }] }, 'price'],
  [{ subject: 'buttons', variants: [{ ...ten, config: { order: 'random' } }, fifteen] }, 'config.order'],
  [{ isActive: true }, 'isActive'],
])('%j is refused', async (wrong, reason) => {
  const answer = await web.postJson('/experiments', { ...TEST, ...wrong })
  expect([answer.status, (await answer.json()).error]).toEqual([400, expect.stringContaining(reason)])
  expect((await web.read('/experiments')).experiments).toEqual([])
})

test('by forms', async () => {
  const form = new URLSearchParams({
    ...{ name: TEST.name, subject: TEST.subject, goal: TEST.goal },
    plannedSize: '500',
  })
  for (const { name, share, config } of TEST.variants) {
    form.append('variantName', name)
    form.append('variantShare', String(share))
    form.append('variantConfig', JSON.stringify(config))
  }
  // A line of the form that was left empty.
  for (const field of ['variantName', 'variantShare', 'variantConfig']) form.append(field, '')
  const post = async (path: string, body: URLSearchParams) =>
    (
      await fetch(`${web.origin}/analytics/experiments${path}`, {
        ...{ method: 'POST', redirect: 'manual', headers: { Origin: web.origin, ...web.admin }, body },
      })
    ).headers.get('location')
  expect(await post('', form)).toBe('/analytics/experiments?saved=1')
  expect((await web.read('/experiments')).experiments).toMatchObject([TEST])
  expect(await post('/1/start', new URLSearchParams())).toBe('/analytics/experiments?saved=1')
  expect(await post('/1/start', new URLSearchParams())).toBe('/analytics/experiments?problem=running')
  expect(await post('/1/stop', new URLSearchParams())).toBe('/analytics/experiments?saved=1')
})

test('results, as JSON and as a file', async () => {
  await web.postJson('/experiments', { ...TEST, plannedSize: 10 })
  await web.postJson('/experiments/1/start', {})
  const expose = `INSERT INTO ab_test_assignments (bot, user_id, test_id, variant_id, assigned_at)
    SELECT 'a', n, 1, 1 + n % 2, now() FROM generate_series(1, 40) n`
  await web.db.query(expose)
  await web.db.query(
    `INSERT INTO events (name, bot, user_id, at) SELECT 'user_referred', 'a', n, now() FROM generate_series(1, 40, 2) n`,
  )
  const page = async () => await (await web.get('/analytics/experiments', web.viewer)).text()
  expect(await page()).toContain(
    'reached. While it runs on, still only an interval that has left zero counts',
  )
  await web.postJson('/experiments/1/stop', {})
  expect(await page()).not.toContain('While it runs on')
  const results = await web.read('/experiments/1/results')
  expect(results).toMatchObject({
    ...{ name: TEST.name, participants: 40, isComplete: true, isActive: false },
    variants: [
      { variant: 'ten', participants: 20, conversions: 0, verdict: null },
      { variant: 'fifteen', participants: 20, conversions: 20, verdict: 'better' },
    ],
  })
  const file = await web.get('/api/experiments/1/results.csv?bom=1', web.viewer)
  expect(file.headers.get('content-disposition')).toBe('attachment; filename="experiment-1.csv"')
  const [first, second] = parse(await file.text(), { columns: true, bom: true })
  expect([first, second]).toMatchObject([
    { variant: 'ten', participants: '20', rate: '0', verdict: '' },
    { variant: 'fifteen', participants: '20', rate: '1', verdict: 'better', isComplete: 'true' },
  ])
  for (const path of ['/experiments/7/results', '/experiments/7', '/experiments/x/results.csv'])
    expect([path, (await web.get(`/api${path}`, web.viewer)).status]).toEqual([path, 404])
  expect((await web.get('/api/experiments/1/results?from=2026-01-01', web.viewer)).status).toBe(400)
})
