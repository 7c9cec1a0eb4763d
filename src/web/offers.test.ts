import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { testDatabase, testRedis } from '../playground/testing/services.ts'
import { migrate } from '../shared/db/migrate.ts'
import { startWeb } from './testing/web-under-test.ts'

let web: Awaited<ReturnType<typeof startWeb>>
let admin: { Cookie: string }
let viewer: { Cookie: string }

beforeAll(async () => {
  const [{ redis, prefix }, { url }] = await Promise.all([testRedis(), testDatabase()])
  await migrate(url)
  web = await startWeb({ redis, prefix, databaseUrl: url })
  admin = await web.logIn()
  viewer = await web.logIn('viewer')
})
afterAll(() => web?.close())
beforeEach(async () => {
  await web.db.query(
    'TRUNCATE ab_tests, ab_test_variants, ab_test_assignments, ad_campaigns RESTART IDENTITY CASCADE',
  )
  await web.queues.queue('maintenance').obliterate({ force: true })
})

const postJson = (path: string, body: unknown, headers: Record<string, string> = admin) =>
  fetch(`${web.origin}/api${path}`, {
    method: 'POST',
    headers: { Origin: web.origin, 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
const read = async (path: string, session = viewer) => await (await web.get(`/api${path}`, session)).json()
/** How often maintenance was told to hand on what runs. */
const told = async () => {
  const jobs = await web.queues.queue('maintenance').getJobs(['wait', 'active', 'completed'])
  return jobs.filter(({ data }) => data.task === 'offers').length
}

const AD = {
  name: 'Books',
  message: 'Read more.',
  buttonText: 'Open',
  buttonUrl: 'https://books.example/a?b=c',
}

describe('ads', () => {
  test('made, changed, listed with those that run first; each change takes effect at once', async () => {
    const made = await postJson('/ads', AD)
    expect([made.status, await made.json()]).toEqual([
      201,
      { id: 1, ...AD, weight: 1, isActive: true, createdAt: expect.stringMatching(/Z$/) },
    ])
    expect(await told()).toBe(1)
    await postJson('/ads', { ...AD, name: 'Later', weight: 0, isActive: false })
    const changed = await postJson('/ads/1', { weight: 7, message: 'Read.' })
    expect([changed.status, await changed.json()]).toMatchObject([
      200,
      { ...AD, message: 'Read.', weight: 7 },
    ])
    const { ads } = await read('/ads')
    expect(ads.map(({ name, isActive }: { name: string; isActive: boolean }) => [name, isActive])).toEqual([
      ['Books', true],
      ['Later', false],
    ])
    expect((await postJson('/ads/1', { isActive: false })).status).toBe(200)
    expect(await told()).toBe(4)
  })

  test.each([
    [{ buttonUrl: 'javascript:alert(1)' }, 'buttonUrl'],
    [{ buttonUrl: 'ftp://a.example/' }, 'buttonUrl'],
    [{ buttonUrl: 'tg://user?id=1' }, 'buttonUrl'],
    [{ buttonUrl: 'https://me:secret@a.example/' }, 'buttonUrl must not carry a user or a password'],
    [{ buttonUrl: 'books.example' }, 'buttonUrl'],
    [{ buttonUrl: `https://a.example/${'x'.repeat(2000)}` }, 'buttonUrl'],
    [{ name: ' ' }, 'name'],
    [{ message: '' }, 'message'],
    [{ message: 'x'.repeat(1001) }, 'message'],
    [{ buttonText: 'x'.repeat(65) }, 'buttonText'],
    [{ weight: -1 }, 'weight'],
    [{ weight: 1.5 }, 'weight'],
    [{ weight: 1e9 }, 'weight'],
    [{ weight: '7' }, 'weight'],
    [{ isActive: 'yes' }, 'isActive'],
    [{ id: 7 }, 'id'],
    [{ clicks: 7 }, 'clicks'],
  ])('%j is refused, in a new one and in a change', async (wrong, reason) => {
    await postJson('/ads', AD)
    for (const [path, body] of [
      ['/ads', { ...AD, ...wrong }],
      ['/ads/1', wrong],
    ] as const) {
      const answer = await postJson(path, body)
      expect([answer.status, (await answer.json()).error]).toEqual([400, expect.stringContaining(reason)])
    }
    expect((await read('/ads')).ads).toMatchObject([AD])
  })

  test('a change of nothing, of no ad, and a body that nobody can read', async () => {
    await postJson('/ads', AD)
    expect((await postJson('/ads/1', {})).status).toBe(400)
    expect((await postJson('/ads', [])).status).toBe(400)
    for (const id of ['2', '0', '-1', 'x', '1e3', '99999999999999999999'])
      expect([id, (await postJson(`/ads/${id}`, { weight: 1 })).status]).toEqual([id, 404])
    const unread = await fetch(`${web.origin}/api/ads`, {
      method: 'POST',
      headers: { Origin: web.origin, 'Content-Type': 'application/json', ...admin },
      body: '{',
    })
    expect(unread.status).toBe(400)
  })

  test('by forms: a box that is not ticked is off, and the page says how it went', async () => {
    const fields = { ...AD, weight: '3' }
    const post = (path: string, form: Record<string, string>) =>
      web.post(`/analytics/ads${path}`, form, admin)
    const made = await post('', { ...fields, isActive: 'on' })
    expect([made.status, made.headers.get('location')]).toEqual([303, '/analytics/referrals?saved=1'])
    await post('/1', { ...fields, name: 'Off' })
    expect((await read('/ads')).ads).toMatchObject([{ name: 'Off', weight: 3, isActive: false }])
    const refused = await post('', { ...fields, buttonUrl: 'javascript:alert(1)' })
    expect(refused.headers.get('location')).toBe('/analytics/referrals?problem=bad_input&field=buttonUrl')
    const gone = await post('/9', { ...fields })
    expect(gone.headers.get('location')).toBe('/analytics/referrals?problem=not_found')
    expect((await post('', { ...fields, weight: 'many' })).headers.get('location')).toContain('field=weight')
    expect((await post('', {})).headers.get('location')).toContain('problem=bad_input')
  })

  test('from another site, by a viewer, or by nobody: nothing changes', async () => {
    for (const [headers, status] of [
      [{ ...admin, Origin: 'https://evil.example' }, 403],
      [viewer, 403],
      [{}, 401],
    ] as const)
      expect((await postJson('/ads', AD, { Cookie: '', ...headers })).status).toBe(status)
    expect((await read('/ads')).ads).toEqual([])
    expect(await told()).toBe(0)
  })
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

describe('experiments', () => {
  test('new, running, ended, and never back', async () => {
    const made = await postJson('/experiments', {
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
    expect((await postJson('/experiments/1/stop', {})).status).toBe(409)
    const started = await (await postJson('/experiments/1/start', {})).json()
    expect(started).toMatchObject({ state: 'running', startedAt: expect.any(String), endedAt: null })
    const again = await postJson('/experiments/1/start', {})
    expect([again.status, (await again.json()).error]).toEqual([
      409,
      expect.stringContaining('it is running'),
    ])
    expect(await (await postJson('/experiments/1/stop', {})).json()).toMatchObject({
      ...{ state: 'ended', endedAt: expect.any(String) },
    })
    const third = await postJson('/experiments/1/start', {})
    expect([third.status, (await third.json()).error]).toEqual([409, expect.stringContaining('it has ended')])
    expect(await read('/experiments/1')).toMatchObject({ state: 'ended' })
    expect(await told()).toBe(3)
  })

  test('there is no way to change what a variant gets, or how many get it', async () => {
    await postJson('/experiments', TEST)
    await postJson('/experiments/1/start', {})
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await fetch(`${web.origin}/api/experiments/1`, {
        ...{ method, headers: { Origin: web.origin, 'Content-Type': 'application/json', ...admin } },
        body: JSON.stringify({ variants: [] }),
      })
      expect([method, answer.status]).toEqual([method, 404])
    }
    expect(await read('/experiments/1')).toMatchObject({ variants: TEST.variants })
  })

  test('one on each subject: of ten that are started at once one runs', async () => {
    for (let i = 0; i < 10; i++) await postJson('/experiments', { ...TEST, name: `t${i}` })
    await postJson('/experiments', {
      ...{ ...TEST, name: 'other', subject: 'buttons' },
      variants: TEST.variants.map(({ name, share }) => ({ name, share, config: {} })),
    })
    const starts = await Promise.all(
      Array.from({ length: 10 }, (_, i) => postJson(`/experiments/${i + 1}/start`, {})),
    )
    expect(starts.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(409)])
    expect((await postJson('/experiments/11/start', {})).status).toBe(200)
    const { experiments } = await read('/experiments')
    expect(experiments.filter(({ state }: { state: string }) => state === 'running')).toHaveLength(2)
    // After its end the next one may begin.
    const running = experiments.find((one: { subject: string }) => one.subject === 'free_downloads')
    await postJson(`/experiments/${running.id}/stop`, {})
    const next = running.id === 1 ? 2 : 1
    expect((await postJson(`/experiments/${next}/start`, {})).status).toBe(200)
  })

  test('one that starts while another one on its subject is about to waits, and then does not', async () => {
    for (const name of ['a', 'b']) await postJson('/experiments', { ...TEST, name })
    const blocker = await web.db.connect()
    await blocker.query('BEGIN')
    // The first start can look, and cannot write yet.
    await blocker.query('SELECT FROM ab_tests WHERE id = 1 FOR UPDATE')
    const waiting = async () => {
      const locks = `SELECT count(*)::integer AS n FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`
      return (await blocker.query(locks)).rows[0].n
    }
    const first = postJson('/experiments/1/start', {})
    await vi.waitFor(async () => expect(await waiting()).toBe(1), 30_000)
    let isOver = false
    const second = postJson('/experiments/2/start', {}).finally(() => {
      isOver = true
    })
    await vi.waitFor(async () => expect(isOver || (await waiting()) === 2).toBe(true), 30_000)
    await blocker.query('COMMIT')
    blocker.release()
    expect([(await first).status, (await second).status]).toEqual([200, 409])
  })

  test('a name is given once', async () => {
    expect((await postJson('/experiments', TEST)).status).toBe(201)
    const second = await postJson('/experiments', TEST)
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
    const answer = await postJson('/experiments', { ...TEST, ...wrong })
    expect([answer.status, (await answer.json()).error]).toEqual([400, expect.stringContaining(reason)])
    expect((await read('/experiments')).experiments).toEqual([])
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
          ...{ method: 'POST', redirect: 'manual', headers: { Origin: web.origin, ...admin }, body },
        })
      ).headers.get('location')
    expect(await post('', form)).toBe('/analytics/experiments?saved=1')
    expect((await read('/experiments')).experiments).toMatchObject([TEST])
    expect(await post('', form)).toBe('/analytics/experiments?problem=name_taken')
    expect(await post('/1/start', new URLSearchParams())).toBe('/analytics/experiments?saved=1')
    expect(await post('/1/start', new URLSearchParams())).toBe('/analytics/experiments?problem=running')
    expect(await post('/1/stop', new URLSearchParams())).toBe('/analytics/experiments?saved=1')
    form.set('variantConfig', '{')
    form.set('name', 'other')
    expect(await post('', form)).toBe('/analytics/experiments?problem=bad_input&field=variants')
    expect(await post('', new URLSearchParams())).toContain('problem=bad_input')
  })

  test('results, as JSON and as a file', async () => {
    await postJson('/experiments', { ...TEST, plannedSize: 10 })
    await postJson('/experiments/1/start', {})
    const expose = `INSERT INTO ab_test_assignments (bot, user_id, test_id, variant_id, assigned_at)
      SELECT 'a', n, 1, 1 + n % 2, now() FROM generate_series(1, 40) n`
    await web.db.query(expose)
    await web.db.query(
      `INSERT INTO events (name, bot, user_id, at) SELECT 'user_referred', 'a', n, now() FROM generate_series(1, 40, 2) n`,
    )
    await postJson('/experiments/1/stop', {})
    const results = await read('/experiments/1/results')
    expect(results).toMatchObject({
      ...{ name: TEST.name, participants: 40, isComplete: true, isActive: false },
      variants: [
        { variant: 'ten', participants: 20, conversions: 0, verdict: null },
        { variant: 'fifteen', participants: 20, conversions: 20, verdict: 'better' },
      ],
    })
    const file = await web.get('/api/experiments/1/results.csv?bom=1', viewer)
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="experiment-1.csv"')
    const [first, second] = parse(await file.text(), { columns: true, bom: true })
    expect([first, second]).toMatchObject([
      { variant: 'ten', participants: '20', rate: '0', verdict: '' },
      { variant: 'fifteen', participants: '20', rate: '1', verdict: 'better', isComplete: 'true' },
    ])
    for (const path of ['/experiments/7/results', '/experiments/7', '/experiments/x/results.csv'])
      expect([path, (await web.get(`/api${path}`, viewer)).status]).toEqual([path, 404])
    expect((await web.get('/api/experiments/1/results?from=2026-01-01', viewer)).status).toBe(400)
  })
})

test('a database user that may only read: nothing can be changed, and the answer says so', async () => {
  const { options } = web.db
  const url = new URL(String(options.connectionString))
  url.searchParams.set('options', '-c default_transaction_read_only=on')
  const { redis, keys } = web.state
  const local = await startWeb({ redis, prefix: keys.prefix, databaseUrl: url.href })
  const answer = await fetch(`${local.origin}/api/ads`, {
    method: 'POST',
    headers: { Origin: local.origin, 'Content-Type': 'application/json', ...admin },
    body: JSON.stringify(AD),
  })
  expect([answer.status, await answer.json()]).toEqual([
    403,
    { error: expect.stringContaining('may only read') },
  ])
  expect((await local.get('/api/ads', admin)).status).toBe(200)
  await local.close()
})

test('a change counts although nobody can be told of it now', async () => {
  const add = vi.spyOn(web.queues, 'add').mockRejectedValue(new Error('away'))
  expect((await postJson('/ads', AD)).status).toBe(201)
  add.mockRestore()
  expect((await read('/ads')).ads).toHaveLength(1)
  expect(web.lines.join('')).toContain('takes effect later')
})
