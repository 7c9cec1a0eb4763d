import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { startWeb } from './testing/web-under-test.ts'
import { startWebWithDatabase } from './testing/web-with-database.ts'

let web: Awaited<ReturnType<typeof startWebWithDatabase>>
beforeAll(async () => {
  web = await startWebWithDatabase()
})
afterAll(() => web?.close())
beforeEach(async () => {
  await web.db.query('TRUNCATE ad_campaigns RESTART IDENTITY CASCADE')
  await web.queues.queue('maintenance').obliterate({ force: true })
})

const AD = {
  name: 'Books',
  message: 'Read more.',
  buttonText: 'Open',
  buttonUrl: 'https://books.example/a?b=c',
}

test('made, changed, listed with those that run first; each change takes effect at once', async () => {
  const made = await web.postJson('/ads', AD)
  expect([made.status, await made.json()]).toEqual([
    201,
    { id: 1, ...AD, weight: 1, isActive: true, createdAt: expect.stringMatching(/Z$/) },
  ])
  expect(await web.told()).toBe(1)
  await web.postJson('/ads', { ...AD, name: 'Later', weight: 0, isActive: false })
  const changed = await web.postJson('/ads/1', { weight: 7, message: 'Read.' })
  expect([changed.status, await changed.json()]).toMatchObject([200, { ...AD, message: 'Read.', weight: 7 }])
  const { ads } = await web.read('/ads')
  expect(ads.map(({ name, isActive }: { name: string; isActive: boolean }) => [name, isActive])).toEqual([
    ['Books', true],
    ['Later', false],
  ])
  expect((await web.postJson('/ads/1', { isActive: false })).status).toBe(200)
  expect(await web.told()).toBe(4)
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
  await web.postJson('/ads', AD)
  for (const [path, body] of [
    ['/ads', { ...AD, ...wrong }],
    ['/ads/1', wrong],
  ] as const) {
    const answer = await web.postJson(path, body)
    expect([answer.status, (await answer.json()).error]).toEqual([400, expect.stringContaining(reason)])
  }
  expect((await web.read('/ads')).ads).toMatchObject([AD])
})

test('a change of nothing, of no ad, and a body that nobody can read', async () => {
  await web.postJson('/ads', AD)
  expect((await web.postJson('/ads/1', {})).status).toBe(400)
  expect((await web.postJson('/ads', [])).status).toBe(400)
  for (const id of ['2', '0', '-1', 'x', '1e3', '99999999999999999999'])
    expect([id, (await web.postJson(`/ads/${id}`, { weight: 1 })).status]).toEqual([id, 404])
  const unread = await fetch(`${web.origin}/api/ads`, {
    method: 'POST',
    headers: { Origin: web.origin, 'Content-Type': 'application/json', ...web.admin },
    body: '{',
  })
  expect([unread.status, await unread.json()]).toEqual([400, { error: 'the request cannot be read' }])
  const large = await web.postJson('/ads', { ...AD, message: 'x'.repeat(30_000) })
  expect([large.status, await large.json()]).toEqual([413, { error: 'the body is too large' }])
})

test('by forms: a box that is not ticked is off, and the page says how it went', async () => {
  const fields = { ...AD, weight: '3' }
  const post = (path: string, form: Record<string, string>) =>
    web.post(`/analytics/ads${path}`, form, web.admin)
  const made = await post('', { ...fields, isActive: 'on' })
  expect([made.status, made.headers.get('location')]).toEqual([303, '/analytics/referrals?saved=1'])
  await post('/1', { ...fields, name: 'Off' })
  expect((await web.read('/ads')).ads).toMatchObject([{ name: 'Off', weight: 3, isActive: false }])
  const gone = await post('/9', fields)
  expect([gone.status, await gone.text()]).toEqual([
    404,
    expect.stringContaining('It is not there any more.'),
  ])
})

test('from another site, by a viewer, or by nobody: nothing changes, and a script can read why', async () => {
  const evil = await web.postJson('/ads', AD, { ...web.admin, Origin: 'https://evil.example' })
  expect([evil.status, await evil.json()]).toEqual([403, { error: expect.stringContaining('another site') }])
  const viewer = await web.postJson('/ads', AD, web.viewer)
  expect([viewer.status, await viewer.json()]).toEqual([403, { error: expect.stringContaining('as viewer') }])
  expect((await web.postJson('/ads', AD, { Cookie: '' })).status).toBe(401)
  expect((await web.read('/ads')).ads).toEqual([])
  expect(await web.told()).toBe(0)
})

test('a database user that may only read: nothing can be changed, and the answer says so', async () => {
  const url = new URL(web.databaseUrl)
  url.searchParams.set('options', '-c default_transaction_read_only=on')
  const { redis, keys } = web.state
  const local = await startWeb({ redis, prefix: keys.prefix, databaseUrl: url.href })
  const answer = await fetch(`${local.origin}/api/ads`, {
    method: 'POST',
    headers: { Origin: local.origin, 'Content-Type': 'application/json', ...web.admin },
    body: JSON.stringify(AD),
  })
  expect([answer.status, await answer.json()]).toEqual([
    403,
    { error: expect.stringContaining('may only read') },
  ])
  expect((await local.get('/api/ads', web.admin)).status).toBe(200)
  await local.close()
})

test('a change counts although nobody can be told of it now', async () => {
  const add = vi.spyOn(web.queues, 'add').mockRejectedValue(new Error('away'))
  expect((await web.postJson('/ads', AD)).status).toBe(201)
  add.mockRestore()
  expect((await web.read('/ads')).ads).toHaveLength(1)
  expect(web.lines.join('')).toContain('takes effect later')
})
