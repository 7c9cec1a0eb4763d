import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deadLetterId } from '../../queues/dead-letters.ts'
import { testRedis } from '../playground/testing/services.ts'
import { createPasswordCheck } from './password-check.ts'
import { createSessions } from './sessions.ts'
import { PASSWORD, startWeb, VIEWER_PASSWORD } from './testing/web-under-test.ts'

let redis: Redis
let prefix: string
let web: Awaited<ReturnType<typeof startWeb>>
let viewer: { Cookie: string }
let admin: { Cookie: string }

beforeAll(async () => {
  ;({ redis, prefix } = await testRedis())
  web = await startWeb({ redis, prefix })
  viewer = await web.logIn('viewer')
  admin = await web.logIn('admin')
})
afterAll(() => web?.close())

test.each([
  ['admin', PASSWORD, 'admin'],
  ['viewer', VIEWER_PASSWORD, 'viewer'],
  ['admin', VIEWER_PASSWORD, null],
  ['viewer', PASSWORD, null],
  ['root', PASSWORD, null],
  ['', VIEWER_PASSWORD, null],
])('%s with %j is %s', async (user, password, role) => {
  const roleFor = createPasswordCheck({ admin: PASSWORD, viewer: VIEWER_PASSWORD })
  expect(await roleFor(user, password)).toBe(role)
})

test('without VIEWER_PASSWORD nobody is a viewer, whatever they type', async () => {
  const roleFor = createPasswordCheck({ admin: PASSWORD })
  for (const password of ['', 'undefined', PASSWORD]) expect(await roleFor('viewer', password)).toBeNull()
  const local = await startWeb({ redis, prefix: `${prefix}-${randomUUID()}`, viewerPassword: undefined })
  expect((await local.post('/login', { user: 'viewer', password: VIEWER_PASSWORD })).status).toBe(401)
  await local.close()
})

test('a session has its role, and a new password of either role ends them all', async () => {
  const both = { admin: 'one of them', viewer: 'another one' }
  const sessions = createSessions(redis, prefix, both)
  const ids = [await sessions.open('admin'), await sessions.open('viewer')] as const
  expect(await Promise.all(ids.map((id) => sessions.roleOf(id)))).toEqual(['admin', 'viewer'])
  for (const changed of [{ ...both, admin: 'new' }, { ...both, viewer: 'new' }, { admin: both.admin }]) {
    const after = createSessions(redis, prefix, changed)
    expect(await Promise.all(ids.map((id) => after.roleOf(id)))).toEqual([null, null])
  }
  await sessions.close(ids[1])
  expect(await sessions.roleOf(ids[1])).toBeNull()
})

test('a viewer sees what an admin sees', async () => {
  for (const path of ['/', '/queues', '/queues/api/queues', '/dead-letters', '/api/dead-letters'])
    expect([path, (await web.get(path, viewer)).status]).toEqual([path, 200])
})

test('a viewer changes nothing: each way to change something is refused, and says why', async () => {
  const failedAtMs = Date.now()
  const id = deadLetterId('send', 'job', failedAtMs)
  await web.state.deadLetters.add({
    ...{ id, stage: 'send', jobId: 'job', ticket: null, code: 'storage', reason: 'storage', failedAtMs },
    ...{
      attempts: 1,
      crashes: 0,
      site: null,
      mediaKey: null,
      stderr: [],
      versions: {},
      data: {},
      input: null,
    },
  })
  for (const path of [
    '/dead-letters/replay',
    `/dead-letters/${id}/replay`,
    `/dead-letters/${id}/discard`,
    '/api/dead-letters/replay',
    `/api/dead-letters/${id}/discard`,
    '/api/ads',
    '/api/ads/1',
    '/api/experiments',
    '/api/experiments/1/start',
    '/analytics/ads',
    '/analytics/experiments/1/stop',
    '/queues/api/queues/send/pause',
  ])
    expect([path, (await web.post(path, {}, viewer)).status]).toEqual([path, 403])
  const refused = await web.post('/dead-letters/replay', {}, { ...viewer, Accept: 'text/html' })
  expect(await refused.text()).toContain('logged in as viewer')
  expect((await web.state.deadLetters.get(id))?.state).toBe('open')

  const pages = ['/dead-letters', `/dead-letters/${id}`]
  for (const path of pages) {
    expect(await (await web.get(path, viewer)).text()).not.toMatch(/action="[^"]*(replay|discard)"/)
    expect(await (await web.get(path, admin)).text()).toMatch(/action="[^"]*replay"/)
  }
})
