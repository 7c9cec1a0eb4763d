import { once } from 'node:events'
import { request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { Api, Bot } from 'grammy'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createBotApi } from '../playground/bot-api/create-bot-api.ts'
import { testDir } from '../playground/testing/services.ts'
import { readConfig } from '../shared/config.ts'
import { createLogger } from '../shared/logger.ts'
import { createMessages } from '../shared/messages/messages.ts'
import { createOneMoment } from './one-moment.ts'
import { serveUpdates } from './serve-updates.ts'
import { StoreAway } from './store-away.ts'
import { createWebhookServer } from './webhook-server.ts'

const TOKEN = `4242:${'x'.repeat(35)}`
const SECRET = 'a-secret-of-32-characters_012345'
const log = createLogger('silent', 'test')
const botApi = await createBotApi({
  mode: 'cloud',
  dir: await testDir(),
  bots: [{ token: TOKEN, username: 'clipferry_bot', firstName: 'Clipferry' }],
  flood: 'telegram',
  webhookRetryMs: 50,
})
const client = { apiRoot: await botApi.listen() }
const oneMoment = createOneMoment(new Api(TOKEN, client), createMessages(), log)
const bot = new Bot(TOKEN, { client })
const handled = vi.fn<(updateId: number) => void>()
bot.use((ctx) => handled(ctx.update.update_id))
const server = createWebhookServer({ bot, secretToken: SECRET, oneMoment, log })

beforeAll(async () => {
  await bot.init()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await oneMoment.settled()
  await botApi.close()
})
const portOf = (of: typeof server) => (of.address() as AddressInfo).port

async function post(secret: string | undefined, body: string, method = 'POST'): Promise<number | undefined> {
  const headers = { 'content-length': Buffer.byteLength(body), connection: 'close' }
  const sent = request({
    port: portOf(server),
    host: '127.0.0.1',
    method,
    headers: secret === undefined ? headers : { ...headers, 'x-telegram-bot-api-secret-token': secret },
  }).end(body)
  const [response] = await once(sent, 'response')
  response.resume()
  return response.statusCode
}

it.each([
  ['none', undefined, 401],
  ['an empty one', '', 401],
  ['a wrong one', `${SECRET.slice(0, -1)}x`, 401],
  ['a shorter one', SECRET.slice(0, -1), 401],
  ['a longer one', `${SECRET}5`, 401],
  ['the right one', SECRET, 200],
])('secret: %s', async (_, secret, status) => {
  handled.mockReset()
  expect(await post(secret, '{"update_id":1}')).toBe(status)
  expect(handled).toHaveBeenCalledTimes(status === 200 ? 1 : 0)
})

it('an update that is not handled must be redelivered', async () => {
  handled.mockReset().mockImplementationOnce(() => {
    throw new StoreAway()
  })
  expect(await post(SECRET, '{"update_id":2}')).toBe(500)
  expect(await post(SECRET, '{"update_id":2}')).toBe(200)
  expect(await post(SECRET, 'no json')).toBe(500)
})

it('takes nothing but posts of a sensible size', async () => {
  expect(await post(SECRET, '', 'GET')).toBe(405)
  expect(await post(SECRET, '')).toBe(413)
  expect(await post(SECRET, `{"update_id":3,"x":"${'x'.repeat(1024 * 1024)}"}`)).toBe(413)
  const socket = connect(portOf(server), '127.0.0.1')
  socket.write(
    'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n',
  )
  const [answer] = await once(socket, 'data')
  expect(String(answer)).toMatch(/^HTTP\/1.1 413/)
  socket.destroy()
})

it('does not start without a secret', () => {
  expect(() => createWebhookServer({ bot, secretToken: '', oneMoment, log })).toThrow(RangeError)
  const env = { BOT_UPDATES: 'webhook', WEBHOOK_URL: 'https://bot.example.com/' }
  expect(() => readConfig(['bot'], env)).toThrow(/WEBHOOK_SECRET is missing/)
})

it('sets the webhook, and gets again what it could not handle', async () => {
  // Its port must be known before Telegram is told where to post.
  const probe = createWebhookServer({ bot, secretToken: SECRET, oneMoment, log }).listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const port = portOf(probe)
  probe.close()
  await once(probe, 'close')
  handled.mockReset().mockImplementationOnce(() => {
    throw new StoreAway()
  })
  const env = {
    BOT_UPDATES: 'webhook',
    WEBHOOK_URL: `http://127.0.0.1:${port}/`,
    WEBHOOK_SECRET: SECRET,
    WEBHOOK_PORT: `${port}`,
  }
  const { signal } = new AbortController()
  const served = new Bot(TOKEN, { client })
  served.use((ctx) => handled(ctx.update.update_id))
  const stopServed = await serveUpdates({
    bot: served,
    config: readConfig(['bot'], env),
    oneMoment,
    log,
    signal,
  })
  const { world } = botApi
  const alice = world.addUser({ firstName: 'Alice', languageCode: 'en' })
  world.openPrivateChat(alice)
  world.sendText(alice, alice.id, 'hello')
  await vi.waitFor(() => expect(handled).toHaveBeenCalledTimes(2), 30_000)
  expect(handled.mock.calls[0]).toEqual(handled.mock.calls[1])
  await vi.waitFor(() => expect(world.messages(alice.id)).toHaveLength(2), 30_000)
  await new Api(TOKEN, client).deleteWebhook()
  await stopServed()
})
