import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { testBotApi } from './test-bot-api.ts'

const start = async () => {
  const bot = await testBotApi({ webhookRetryMs: 10 })
  const { alice, boris, filmClub } = bot.cast
  const say = (text: string) => bot.world.sendText(alice, alice.id, text)
  const texts = async (params: object = {}) => {
    const { result } = await bot.call('getUpdates', { ...params })
    if (!Array.isArray(result)) throw new Error('no updates')
    return result.map((update): [number, string | undefined] => [update.update_id, update.message?.text])
  }
  return { ...bot, alice, boris, filmClub, say, texts }
}

describe('getUpdates', () => {
  it('gives updates again until an offset confirms them', async () => {
    const { say, texts } = await start()
    for (const text of ['a', 'b', 'c']) say(text)
    const first = (await texts())[0]?.[0] ?? 0
    const all = [first, first + 1, first + 2].map((id, index) => [id, 'abc'[index]])
    expect(await texts()).toEqual(all)
    expect(await texts({ limit: 2 })).toEqual(all.slice(0, 2))
    expect(await texts({ offset: first + 1 })).toEqual(all.slice(1))
    expect(await texts()).toEqual(all.slice(1))
    expect(await texts({ offset: -1 })).toEqual(all.slice(2))
    expect(await texts()).toEqual(all.slice(2))
  })

  it('waits for an update', async () => {
    const { say, texts, world } = await start()
    const waiting = texts({ timeout: 50 })
    await vi.waitFor(() => expect(world.ledger.of('getUpdates')).toHaveLength(1), { timeout: 30_000 })
    say('now')
    expect(await waiting).toMatchObject([[expect.any(Number), 'now']])
  })

  it('lets only one wait: the newer', async () => {
    const { say, call, texts, world } = await start()
    const older = call('getUpdates', { timeout: 50 })
    await vi.waitFor(() => expect(world.ledger.of('getUpdates')).toHaveLength(1), { timeout: 30_000 })
    const newer = texts({ timeout: 50 })
    expect(await older).toMatchObject({
      status: 409,
      description:
        'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
    })
    say('x')
    expect(await newer).toMatchObject([[expect.any(Number), 'x']])
  })

  it('gives the kinds that are asked for, and only those', async () => {
    const { say, call, texts, world, alice } = await start()
    await texts({ allowed_updates: ['my_chat_member', 'nonsense'] })
    say('not wanted')
    world.blockBot(alice)
    const { result } = await call('getUpdates')
    expect(result).toMatchObject([{ my_chat_member: { new_chat_member: { status: 'kicked' } } }])
  })
})

describe('a webhook', () => {
  /** Answers with the given codes in turn, then with 200. */
  const receiver = async (codes: number[] = []) => {
    const got: { update: { update_id: number; message: { text: string } }; headers: IncomingHttpHeaders }[] =
      []
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        got.push({ update: JSON.parse(Buffer.concat(chunks).toString()), headers: request.headers })
        response.writeHead(codes.shift() ?? 200).end()
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    return {
      got,
      texts: () => got.map(({ update }) => update.message.text),
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    }
  }

  it('gets what waits and what comes, with the secret, in the order of the chat', async () => {
    const { say, call, texts, world } = await start()
    const { got, url, texts: received } = await receiver()
    const poll = call('getUpdates', { offset: 800_000_000, timeout: 50 })
    await vi.waitFor(() => expect(world.ledger.of('getUpdates')).toHaveLength(1), { timeout: 30_000 })
    await call('setWebhook', { url: `${url}/unused` })
    expect(await poll).toMatchObject({
      status: 409,
      description: 'Conflict: terminated by setWebhook request',
    })
    await call('deleteWebhook')
    say('before')
    expect(await call('setWebhook', { url, secret_token: 'S-1' })).toMatchObject({ result: true })
    for (const text of ['1', '2', '3']) say(text)
    await vi.waitFor(() => expect(received()).toHaveLength(4), { timeout: 30_000 })
    expect(received()).toEqual(['before', '1', '2', '3'])
    expect(got[0]?.headers['x-telegram-bot-api-secret-token']).toBe('S-1')
    expect(await call('getUpdates')).toMatchObject({
      status: 409,
      description:
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    })
    await call('deleteWebhook')
    expect(await texts()).toEqual([])
  })

  it('gets an update again until it answers 2xx, before the next one of the chat', async () => {
    const { say, call } = await start()
    const { url, texts: received } = await receiver([500, 503, 404])
    await call('setWebhook', { url })
    for (const text of ['1', '2']) say(text)
    await vi.waitFor(() => expect(received()).toHaveLength(5), { timeout: 30_000 })
    expect(received()).toEqual(['1', '1', '1', '1', '2'])
    await vi.waitFor(
      async () =>
        expect((await call('getWebhookInfo')).result).toMatchObject({
          url,
          pending_update_count: 0,
          last_error_message: 'Wrong response from the webhook: 404 Not Found',
        }),
      { timeout: 30_000 },
    )
  })

  it('is not held up in one chat by a failure in another', async () => {
    const { say, call, world, boris } = await start()
    const { url, texts: received } = await receiver([500])
    const slow = await testBotApi({ webhookRetryMs: 600_000 })
    await slow.call('setWebhook', { url })
    slow.world.sendText(slow.cast.alice, slow.cast.alice.id, 'fails')
    await vi.waitFor(() => expect(received()).toEqual(['fails']), { timeout: 30_000 })
    slow.world.sendText(slow.cast.alice, slow.cast.alice.id, 'waits behind it')
    slow.world.sendText(slow.cast.boris, slow.cast.boris.id, 'passes')
    await vi.waitFor(() => expect(received()).toEqual(['fails', 'passes']), { timeout: 30_000 })
    expect((await slow.call('getWebhookInfo')).result).toMatchObject({ pending_update_count: 2 })
    await call('setWebhook', { url })
    say('of the other bot')
    world.sendText(boris, boris.id, 'too')
    await vi.waitFor(() => expect(received()).toHaveLength(4), { timeout: 30_000 })
  })
})
