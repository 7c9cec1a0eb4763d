import { request } from 'node:http'
import { expect, it, vi } from 'vitest'
import { sentId, testBotApi } from './test-bot-api.ts'

const links = [{ name: 'Clip', url: 'http://127.0.0.1:1/clip', note: 'short' }]
const bot = await testBotApi({ links })
const { world, call } = bot
const { alice, boris, filmClub } = bot.cast

const ask = async (method: string, path: string, body?: object) => {
  const answer = await fetch(`${bot.url}/playground${path}`, {
    method,
    ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
  })
  return { status: answer.status, body: await answer.json() }
}
const chat = `/chats/${alice.id}`

it('shows the people, the chats and the links', async () => {
  const { body } = await ask('GET', '/state')
  expect(body.bot).toEqual({ username: 'demo_bot', firstName: 'Demo' })
  expect(body.users).toContainEqual({ id: boris.id, firstName: 'Борис', languageCode: 'ru' })
  expect(body.chats).toContainEqual({
    id: alice.id,
    type: 'private',
    title: 'Demo',
    memberIds: [alice.id],
    blocked: false,
  })
  expect(body.chats).toContainEqual(
    expect.objectContaining({ type: 'group', title: 'Film club', id: filmClub.id }),
  )
  expect((await ask('GET', '/links')).body).toEqual(links)
})

it('writes, presses, deletes and blocks for a person', async () => {
  const { body } = await ask('POST', `${chat}/messages`, { user: alice.id, text: 'hi https://a.io' })
  expect(world.message(alice.id, body.messageId)).toMatchObject({
    from: { id: alice.id },
    entities: [{ type: 'url' }],
  })
  const reply_markup = {
    inline_keyboard: [
      [
        { text: 'go', callback_data: 'go' },
        { text: 'out', url: 'https://a.io' },
      ],
    ],
  }
  const reply_parameters = { message_id: body.messageId }
  const id = sentId(
    await call('sendMessage', { chat_id: alice.id, text: 'x', reply_markup, reply_parameters }),
  )
  const { body: list } = await ask('GET', `${chat}/messages?user=${alice.id}`)
  expect(list.messages.at(-1)).toEqual({
    id,
    date: expect.any(Number),
    from: { id: 42, name: 'Demo', isBot: true },
    text: 'x',
    replyTo: body.messageId,
    keyboard: [
      [
        { text: 'go', data: 'go' },
        { text: 'out', url: 'https://a.io' },
      ],
    ],
  })

  const pressed = ask('POST', `${chat}/messages/${id}/press`, { user: alice.id, data: 'go' })
  const query = await vi.waitFor(
    async () => {
      const { result } = await call('getUpdates', { offset: -1 })
      if (!Array.isArray(result) || !result[0]?.callback_query) throw new Error('not yet')
      return result[0].callback_query
    },
    { timeout: 30_000 },
  )
  await call('answerCallbackQuery', { callback_query_id: query.id, text: 'ok' })
  expect((await pressed).body).toEqual({ text: 'ok' })

  expect((await ask('DELETE', `${chat}/messages/${id}?user=${alice.id}`)).status).toBe(200)
  expect(world.message(alice.id, id)).toBeUndefined()
  await ask('POST', `/chats/${boris.id}/block`, { user: boris.id, blocked: true })
  expect(await call('sendMessage', { chat_id: boris.id, text: 'x' })).toMatchObject({ status: 403 })
})

it.each<[string, string, object | undefined, number]>([
  ['POST', `${chat}/messages`, { user: alice.id, text: ' ' }, 400],
  ['POST', `${chat}/messages`, { user: 5, text: 'x' }, 404],
  ['POST', `${chat}/messages`, { user: 1002, text: 'x' }, 404],
  ['POST', `${chat}/messages`, undefined, 400],
  ['GET', `${chat}/messages`, undefined, 400],
  ['GET', `/chats/x/messages?user=${alice.id}`, undefined, 400],
  ['DELETE', `${chat}/messages/9999?user=${alice.id}`, undefined, 400],
  ['GET', '/files/nothing', undefined, 404],
])('refuses %s %s %o', async (method, path, body, status) => {
  expect((await ask(method, path, body)).status).toBe(status)
})

it('plays media, in parts too', async () => {
  const { result } = await bot.upload('sendVideo', {
    chat_id: `${alice.id}`,
    video: ['0123456789', 'v.mp4'],
    supports_streaming: 'true',
    width: '2',
  })
  const { body } = await ask('GET', `${chat}/messages?user=${alice.id}`)
  const fileId = Object(result?.video).file_id
  expect(body.messages.at(-1).media).toEqual({
    kind: 'video',
    fileId,
    sizeBytes: 10,
    streaming: true,
    width: 2,
    height: 0,
    duration: 0,
    fileName: 'v.mp4',
    mimeType: 'video/mp4',
  })
  const part = await fetch(`${bot.url}/playground/files/${fileId}`, { headers: { range: 'bytes=2-4' } })
  expect([part.status, part.headers.get('content-type'), await part.text()]).toEqual([
    206,
    'video/mp4',
    '234',
  ])
})

it('tells the page of changes as they come, of its own chats only', async () => {
  const stop = new AbortController()
  const { body } = await fetch(`${bot.url}/playground/events?user=${alice.id}`, { signal: stop.signal })
  let received = ''
  const reading = (async () => {
    const decoder = new TextDecoder()
    for (const reader = body?.getReader(); reader; ) {
      const { done, value } = await reader.read()
      if (done) return
      received += decoder.decode(value, { stream: true })
    }
  })().catch(() => undefined)
  await vi.waitFor(() => expect(received).toContain(': open'), { timeout: 30_000 })
  world.sendText(bot.cast.chen, bot.cast.chen.id, 'not for alice')
  const id = sentId(await call('sendMessage', { chat_id: alice.id, text: 'news' }))
  await call('sendChatAction', { chat_id: alice.id, action: 'typing' })
  await call('deleteMessage', { chat_id: alice.id, message_id: id })
  await vi.waitFor(() => expect(received).toContain('event: deleted'), { timeout: 30_000 })
  expect(received).toContain(`event: action\ndata: {"chatId":${alice.id},"action":"typing"}`)
  expect(received).toContain(`event: deleted\ndata: {"chatId":${alice.id},"messageId":${id}}`)
  expect(received).toMatch(/event: message\ndata: .*"text":"news"/)
  expect(received).not.toContain('not for alice')
  stop.abort()
  await reading
})

it('answers only those who call it by a local name', async () => {
  const status = await new Promise((resolve, reject) => {
    const headers = { host: 'evil.example' }
    const asked = request(`${bot.url}/playground/state`, { headers }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
    asked.on('error', reject)
    asked.end()
  })
  expect(status).toBe(403)
})

it('serves the page', async () => {
  const page = await fetch(`${bot.url}/`)
  expect([page.status, page.url]).toEqual([200, `${bot.url}/playground/`])
  expect(await page.text()).toContain('<html')
})
