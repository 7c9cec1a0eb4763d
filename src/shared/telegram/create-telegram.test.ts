import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GrammyError } from 'grammy'
import type { User } from 'grammy/types'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createBotApi } from '../../playground/bot-api/create-bot-api.ts'
import { testDir, testRedis } from '../../playground/testing/services.ts'
import { classify } from './classify.ts'
import { clientSignal } from './client-signal.ts'
import { createTelegram } from './create-telegram.ts'

const TOKEN = `4242:${'x'.repeat(35)}`
const { redis, prefix } = await testRedis()
const others = [redis.duplicate(), redis.duplicate()]
const server = await createBotApi({
  mode: 'cloud',
  dir: await testDir(),
  bots: [{ token: TOKEN, username: 'clipferry_bot', firstName: 'Clipferry' }],
  flood: 'telegram',
})
const { world } = server
const apiUrl = await server.listen()
let round = 0
/** As many processes as there are connections: each has its own, and all have the one gate in Redis. */
const clients = (holdMs = 1500) => {
  const mine = `${prefix}:${round++}`
  return [redis, ...others].map((connection) =>
    createTelegram({
      token: TOKEN,
      apiUrl: `${apiUrl}/`,
      mode: 'cloud',
      redis: connection,
      prefix: mine,
      holdMs,
    }),
  )
}
const people = (count: number): User[] =>
  Array.from({ length: count }, (_, i) => {
    const user = world.addUser({ firstName: `Person ${i}` })
    world.openPrivateChat(user)
    return user
  })

beforeEach(() => world.ledger.clear())
afterEach(() => world.faults.clear())
afterAll(async () => {
  for (const other of others) other.disconnect()
  await server.close()
})

/** As a worker does it: comes back when it may. */
async function untilSent(send: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await send()
      return
    } catch (error) {
      const fault = classify(error)
      const waitMs = fault.kind === 'busy' ? fault.waitMs : fault.kind === 'flood' ? fault.retryAfterMs : null
      if (waitMs === null) throw error
      await new Promise((resolve) => setTimeout(resolve, waitMs))
    }
  }
}

describe('many messages from three processes', () => {
  it('all arrive, spread out, and a 429 in between holds up its own chat only', async () => {
    const three = clients()
    const users = people(60)
    const unlucky = users[20]?.id ?? 0
    world.faults.add({ chatId: unlucky }, { kind: 'flood', retryAfterS: 3 })
    const startedAtMs = Date.now()
    await Promise.all(
      users.map(({ id }, i) => untilSent(async () => await three[i % 3]?.api.sendMessage(id, `${i}`))),
    )
    const calls = world.ledger.of('sendMessage')
    const done = calls.filter((call) => call.workDone)
    expect(done.map((call) => call.chatId).sort()).toEqual(users.map(({ id }) => id).sort())
    // Texts have 24 places in a window: 61 take two whole ones at least, on the fastest machine.
    expect(Math.max(...done.map((call) => call.at)) - startedAtMs).toBeGreaterThanOrEqual(2 * 1120 - 20)
    const [refused, ...repeated] = calls.filter((call) => call.chatId === unlucky)
    expect(refused?.workDone).toBe(false)
    expect(repeated).toHaveLength(1)
    expect((repeated[0]?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(3000)
    const rest = done.filter((call) => call.chatId !== unlucky)
    expect(rest.filter((call) => call.at < (refused?.at ?? 0) + 3000).length).toBeGreaterThan(20)
  })

  it('to one person: two at once, then one a second', async () => {
    const three = clients()
    const [user] = people(1)
    await Promise.all(
      Array.from({ length: 5 }, (_, i) =>
        untilSent(async () => await three[i % 3]?.api.sendMessage(user?.id ?? 0, `${i}`)),
      ),
    )
    const calls = world.ledger.of('sendMessage')
    expect(calls.every((call) => call.workDone)).toBe(true)
    const times = calls.map((call) => call.at).sort((a, b) => a - b)
    expect((times[4] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(3000)
  })

  it('to one group: three at once, and then slowly', async () => {
    const three = clients(0)
    const group = world.addGroup({ title: 'Film club', users: people(1) })
    const all = await Promise.allSettled(
      Array.from({ length: 8 }, (_, i) => three[i % 3]?.api.sendMessage(group.id, `${i}`)),
    )
    // Without patience a call that would have to wait is turned away unsent.
    const faults = all.flatMap((one) => (one.status === 'rejected' ? [classify(one.reason).kind] : []))
    expect(new Set(faults)).toEqual(new Set(['busy']))
    expect(world.ledger.of('sendMessage').length).toBe(8 - faults.length)
    expect(8 - faults.length).toBeLessThanOrEqual(3)
  })
})

it('what is no message passes freely', async () => {
  const [one] = clients(0)
  const [user] = people(1)
  for (let i = 0; i < 10; i++) await one?.api.sendChatAction(user?.id ?? 0, 'typing')
  for (let i = 0; i < 10; i++) await one?.api.getMe()
  expect(world.ledger.of('sendChatAction')).toHaveLength(10)
})

describe('nothing is repeated behind our back', () => {
  it.each([307, 308])('a redirect with %d is not followed', async (status) => {
    let calls = 0
    const redirecting = createServer((request, response) => {
      calls += 1
      request.resume()
      response.writeHead(status, { location: `${apiUrl}${request.url}` }).end()
    })
    redirecting.listen(0, '127.0.0.1')
    await once(redirecting, 'listening')
    const { port } = redirecting.address() as AddressInfo
    const options = { token: TOKEN, apiUrl: `http://127.0.0.1:${port}`, mode: 'cloud' as const }
    const { api } = createTelegram({ ...options, redis, prefix: `${prefix}:${round++}`, holdMs: 1500 })
    const [user] = people(1)
    const error = await api.sendMessage(user?.id ?? 0, 'x').catch((caught: unknown) => caught)
    expect(classify(error).kind).toBe('ambiguous')
    expect([calls, world.ledger.of('sendMessage').length]).toEqual([1, 0])
    redirecting.closeAllConnections()
    redirecting.close()
  })

  it('a connection that was kept and is cut is not used for a second try', async () => {
    const [one] = clients()
    const [user] = people(1)
    const id = user?.id ?? 0
    await one?.api.sendMessage(id, 'first')
    world.faults.add({ method: 'sendMessage' }, { kind: 'lost_answer' })
    await expect(one?.api.sendMessage(id, 'second')).rejects.toThrow()
    expect(world.ledger.of('sendMessage')).toHaveLength(2)
  })
})

describe('errors', () => {
  it('carry neither the token, nor the address, nor what was said', async () => {
    const [one] = clients()
    const [user] = people(1)
    const id = user?.id ?? 0
    const errors: unknown[] = []
    const collect = (error: unknown) => errors.push(error)
    await one?.api.sendMessage(99, 'secret words').catch(collect)
    world.faults.add({ method: 'sendMessage' }, { kind: 'lost_answer' })
    await one?.api.sendMessage(id, 'secret words').catch(collect)
    world.faults.add({ method: 'editMessageText' }, { kind: 'error_before', code: 502 })
    await one?.api.editMessageText(id, 1, 'secret words').catch(collect)
    await world.faults.down()
    // A connection that was kept may still be in use when the server goes; what fails then is ambiguous.
    await expect
      .poll(() => one?.api.getMe().catch((error: unknown) => classify(error).kind))
      .toBe('unreachable')
    await one?.api.getMe().catch(collect)
    await world.faults.up()
    expect(errors.map((error) => classify(error).kind)).toEqual([
      'chat_unreachable',
      'ambiguous',
      'ambiguous',
      'unreachable',
    ])
    expect(errors[0]).toBeInstanceOf(GrammyError)
    for (const error of errors) {
      const all = [
        String(error),
        error instanceof Error ? `${error.stack}${String(error.cause)}` : '',
        JSON.stringify(error),
      ].join()
      expect(all).not.toContain(TOKEN)
      expect(all).not.toContain('secret words')
      expect(all).not.toContain(apiUrl)
    }
  })

  it('a signal ends the wait at the gate, and nothing is sent', async () => {
    const [one] = clients(60_000)
    const [user] = people(1)
    const id = user?.id ?? 0
    for (let i = 0; i < 2; i++) await one?.api.sendMessage(id, 'x')
    const stop = new AbortController()
    const waiting = one?.api.sendMessage(id, 'too late', {}, clientSignal(stop.signal))
    stop.abort()
    await expect(waiting).rejects.toThrow()
    expect(world.ledger.of('sendMessage')).toHaveLength(2)
  })
})
