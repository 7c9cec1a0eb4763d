import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { DeadLetter } from '../../queues/dead-letter.ts'
import { deadLetterId } from '../../queues/dead-letters.ts'
import { testRedis } from '../playground/testing/services.ts'
import { startWeb } from './testing/web-under-test.ts'

let web: Awaited<ReturnType<typeof startWeb>>
let session: { Cookie: string }
let unique = 0
beforeAll(async () => {
  const { redis, prefix } = await testRedis()
  web = await startWeb({ redis, prefix })
  session = await web.logIn()
})
afterAll(() => web?.close())
beforeEach(async () => {
  const { keys, redis } = web.state
  await redis.del(keys.openDeadLetters, keys.deadLetters)
})

/** A delivery that failed, and its record. */
async function letter(more: Partial<DeadLetter> = {}): Promise<{ id: string; ticket: string }> {
  const { requests, deadLetters } = web.state
  const userId = ++unique
  const asker = { botId: 1, chatId: userId, userId, threadId: null, messageId: 1 } as const
  const ticket = await requests.create(
    { ...asker, chatType: 'private', language: 'en' },
    `u${unique}`,
    'hash',
    1,
  )
  await requests.move(ticket, ['asked'], 'delivering')
  const request = await requests.get(ticket)
  if (request) await requests.settle(request, { state: 'failed', failure: 'telegram_rejected' })
  const failedAtMs = more.failedAtMs ?? Date.now()
  const id = deadLetterId('send', `${ticket}-1`, failedAtMs)
  await deadLetters.add({
    ...{ id, stage: 'send', jobId: `${ticket}-1`, ticket, code: 'telegram_rejected', failedAtMs },
    ...{ reason: 'telegram_rejected: <b>', attempts: 1, crashes: 2, site: null, mediaKey: null },
    ...{ stderr: ['one line', '<script>alert(1)</script>'], versions: { ffmpeg: '7.1' } },
    data: { ticket, round: 1, title: 'My holidays', link: 'https://a.b/c' },
    input: null,
    ...more,
  })
  return { id, ticket }
}

const api = (path = '', headers: Record<string, string> = session) =>
  web.get(`/api/dead-letters${path}`, headers)
const postJson = (path: string, body: unknown = {}, headers: Record<string, string> = {}) =>
  fetch(`${web.origin}/api/dead-letters${path}`, {
    method: 'POST',
    headers: { Origin: web.origin, 'Content-Type': 'application/json', ...session, ...headers },
    body: JSON.stringify(body),
  })
const postForm = (path: string, fields: Record<string, string> = {}) =>
  web.post(`/dead-letters${path}`, fields, session)

test('nothing of it without a login, and nothing is changed from another site', async () => {
  const { id } = await letter()
  for (const path of ['', `/${id}`]) {
    expect((await api(path, {})).status).toBe(401)
    const page = await web.get(`/dead-letters${path}`, { Accept: 'text/html' })
    expect([page.status, page.headers.get('location')]).toEqual([303, '/login'])
  }
  for (const path of [`/${id}/replay`, `/${id}/discard`, '/replay']) {
    expect((await postJson(path, {}, { Cookie: '' })).status).toBe(401)
    expect((await web.post(`/dead-letters${path}`, {})).status).toBe(401)
    expect((await postJson(path, {}, { Origin: 'https://evil.example' })).status).toBe(403)
    expect((await web.post(`/dead-letters${path}`, {}, { ...session, Origin: 'null' })).status).toBe(403)
  }
  expect((await web.state.deadLetters.get(id))?.state).toBe('open')
})

test('the API lists by state, stage and code, and shows one, without links and without words of others', async () => {
  const { id } = await letter()
  const other = await letter({ code: 'storage' })
  await web.state.deadLetters.end(other.id, 'open', 'discarded', { who: 'command' })
  const ids = async (query: string) =>
    (await (await api(query)).json()).deadLetters.map((one: { id: string }) => one.id)
  expect(await ids('')).toHaveLength(2)
  expect(await ids('?state=open&stage=send')).toEqual([id])
  expect(await ids('?code=storage')).toEqual([other.id])
  expect(await ids('?stage=fetch')).toEqual([])
  expect(await ids('?limit=1')).toHaveLength(1)
  const one = await (await api(`/${id}`)).json()
  expect(one).toMatchObject({ id, state: 'open', people: 1, crashes: 2, versions: { ffmpeg: '7.1' } })
  expect(one.data).toMatchObject({ round: 1, title: '[hidden]', link: '[hidden]' })
})

test.each([
  ['?limit=none', /^limit must be a whole number/],
  ['?limit=0', /^limit/],
  ['?state=closed', /^state/],
  ['?stage=cook', /^stage/],
  ['?sort=1', /sort/],
])('%s is refused, with the reason', async (query, reason) => {
  const answer = await api(query)
  expect([answer.status, (await answer.json()).error]).toEqual([400, expect.stringMatching(reason)])
})

test('the API replays once, says when there is nothing (more) to replay, and discards', async () => {
  const { id, ticket } = await letter()
  const [first, second] = await Promise.all([postJson(`/${id}/replay`), postJson(`/${id}/replay`)])
  expect([first.status, second.status].sort()).toEqual([200, 409])
  const [won, lost] = first.status === 200 ? [first, second] : [second, first]
  expect(await won.json()).toEqual({ how: 'sent', from: 'send', people: 1, jobId: null })
  expect(await lost.json()).toEqual({ error: 'it is not open any more' })
  expect((await web.state.requests.get(ticket))?.state).toBe('delivering')

  const gone = await letter()
  expect((await postJson(`/${gone.id}/discard`)).status).toBe(200)
  expect((await postJson(`/${gone.id}/replay`)).status).toBe(409)
  expect((await web.state.requests.get(gone.ticket))?.state).toBe('failed')
  for (const nobody of ['send-ABCDEF-1-5', 'x', '..%2f..']) {
    expect((await api(`/${nobody}`)).status, nobody).toBe(404)
    expect(await (await postJson(`/${nobody}/replay`)).json()).toEqual({
      error: 'there is no such dead letter',
    })
  }
})

test('a whole root cause in one request', async () => {
  await Promise.all([letter(), letter(), letter({ code: 'storage' })])
  expect((await postJson('/replay', { stage: 'send' })).status).toBe(400)
  expect((await postJson('/replay', { stage: 'send', code: 'telegram_rejected', all: 1 })).status).toBe(400)
  const answer = await postJson('/replay', { stage: 'send', code: 'telegram_rejected' })
  expect(await answer.json()).toEqual({ replayed: 2, left: 0, people: 2 })
  expect(await web.state.deadLetters.openByStage()).toEqual({ send: 1 })
})

test('the pages: root causes, one record, its end; whatever stands in it is text', async () => {
  const empty = await (await web.get('/dead-letters', session)).text()
  expect(empty).toContain('Nothing is open.')
  const { id, ticket } = await letter({ site: '<i>site' })
  const list = await (await web.get('/dead-letters', session)).text()
  expect(list).toContain('send: telegram_rejected')
  expect(list).toContain(`href="/dead-letters/${id}"`)
  const page = await (await web.get(`/dead-letters/${id}`, session)).text()
  for (const text of [ticket, 'one line', 'The worker died 2 times', 'ffmpeg 7.1', '/replay"', '/discard"'])
    expect(page).toContain(text)
  for (const text of ['<script>', '<i>', 'My holidays', 'a.b/c']) expect(page + list).not.toContain(text)

  const posted = await postForm(`/${id}/replay`)
  expect([posted.status, posted.headers.get('location')]).toEqual([303, `/dead-letters/${id}`])
  const after = await (await web.get(`/dead-letters/${id}`, session)).text()
  expect(after).toContain('it is being sent to one person')
  expect(after).not.toContain('/replay"')
  const again = await postForm(`/${id}/discard`)
  expect(again.headers.get('location')).toBe(`/dead-letters/${id}?why=closed`)
  expect(await (await web.get(again.headers.get('location') ?? '', session)).text()).toContain(
    'seen to it already',
  )
  expect(await (await web.get('/dead-letters', session)).text()).toContain('Nothing is open.')
  expect(await (await web.get('/dead-letters?state=all', session)).text()).toContain(ticket)
})

test('a button for all of a root cause, and only that of its site', async () => {
  await Promise.all([letter({ site: 'a' }), letter({ site: 'b' }), letter({ site: null })])
  const group = { stage: 'send', code: 'telegram_rejected' }
  const posted = await postForm('/replay', { ...group, site: 'a' })
  const location = posted.headers.get('location') ?? ''
  expect(location).toBe('/dead-letters?replayed=1&left=0&people=1')
  expect(await (await web.get(location, session)).text()).toContain('Replayed: 1, for one person.')
  // A form has no other way to say that there is none.
  expect((await postForm('/replay', { ...group, site: '' })).headers.get('location')).toContain('replayed=1&')
  expect((await postForm('/replay', { stage: 'cook' })).status).toBe(400)
  expect((await postForm('/x/erase')).status).toBe(404)
})

test('the start page counts open records, not refusals', async () => {
  await letter()
  const page = await (await web.get('/', session)).text()
  expect(page).toContain('Dead letters: 1 open')
  expect(page).toMatch(/>send<\/a><\/th>\s*<td>\d+<\/td>\s*<td>0<\/td>\s*<td class="bad">1<\/td>/)
  expect(page).toMatch(/>fetch<\/a><\/th>\s*<td>0<\/td>\s*<td>0<\/td>\s*<td class="">0<\/td>/)
  const russian = await web.get('/dead-letters', { ...session, 'Accept-Language': 'ru' })
  expect(await russian.text()).toContain('<h1>Сбои</h1>')
})
