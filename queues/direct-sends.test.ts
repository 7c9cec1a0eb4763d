import { afterAll, expect, test } from 'vitest'
import { testRedis } from '../src/playground/testing/services.ts'
import type { DirectLease, TicketLeased } from './direct-sends.ts'
import { createState } from './state.ts'

const { redis, prefix } = await testRedis()
const state = createState(redis, prefix)
const { directSends, requests } = state
afterAll(() => state.queues.close())

let unique = 0
const KEY = 'site.1.v360.full.public'

type Sent = 'direct' | 'ticket'
/** A request on its way out. */
async function delivering() {
  const asker = {
    ...{ botId: 1, chatId: 5, chatType: 'private' as const, threadId: null },
    ...{ userId: 5, language: 'en' as const, messageId: 7 },
  }
  const ticket = await requests.create(asker, `u${++unique}`, 'hash', Date.now())
  await requests.move(ticket, ['asked'], 'delivering')
  await requests.set(ticket, { mediaKey: KEY })
  return { ticket, mediaKey: KEY, botId: 1, userId: 5 }
}
type Sending = Awaited<ReturnType<typeof delivering>>

async function asked(request: Sending, what: Sent): Promise<TicketLeased> {
  if (what === 'ticket') return await directSends.ticketLease(request)
  const claim = await directSends.claim(request)
  if (claim.how !== 'none') throw new Error(claim.how)
  return claim.leased
}
async function taken(request: Sending, what: Sent = 'direct'): Promise<DirectLease> {
  const leased = await asked(request, what)
  if (leased.how !== 'go') throw new Error(leased.how)
  return leased.lease
}
const answer = async (request: Sending, what: Sent = 'direct') => (await asked(request, what)).how
/** As if the lease had been taken long ago, by the clock of Redis. */
const runOut = ({ ticket }: Sending, what: Sent = 'direct') =>
  redis.hset(state.keys.request(ticket), `${what}UntilMs`, 1)

test('one at a time, however many ask at once', async () => {
  const request = await delivering()
  const answers = await Promise.all(Array.from({ length: 20 }, () => answer(request)))
  expect(answers.filter((how) => how === 'go')).toHaveLength(1)
  expect(answers.filter((how) => how === 'wait')).toHaveLength(19)
})

test('who was frozen past the lease is out, and cannot end what another one has begun', async () => {
  const request = await delivering()
  const frozen = await taken(request)
  expect(await frozen.holds()).toBe(true)
  await runOut(request)
  const next = await taken(request)
  expect(next.doubts).toBe(1)
  expect(await frozen.holds()).toBe(false)
  expect(await frozen.end('unsent')).toBe(false)
  expect(await frozen.end('unknown')).toBe(false)
  expect(await next.holds()).toBe(true)
  expect(await answer(request)).toBe('wait')
})

test('a lease that ran out and that nobody took is still its holder’s', async () => {
  const request = await delivering()
  const lease = await taken(request)
  await runOut(request)
  expect(await lease.holds()).toBe(true)
  expect(await answer(request)).toBe('wait')
})

test('that it was sent counts whoever holds the lease, and stops who was about to', async () => {
  const request = await delivering()
  const frozen = await taken(request)
  await runOut(request)
  const next = await taken(request)
  expect(await frozen.end({ messageId: 99 })).toBe(true)
  expect(await next.holds()).toBe(false)
  expect(await answer(request)).toBe('sent')
  expect(await redis.hget(state.keys.request(request.ticket), 'directMessageId')).toBe('99')
})

test('what was certainly not sent costs nothing, however often; the same word twice counts once', async () => {
  const request = await delivering()
  for (let n = 0; n < 10; n++) {
    const lease = await taken(request)
    expect(lease.doubts).toBe(0)
    expect(await lease.end('unsent')).toBe(true)
    expect(await lease.end('unsent')).toBe(false)
  }
})

test('after four calls whose end nobody knows it is over', async () => {
  const request = await delivering()
  for (let doubts = 0; doubts < 4; doubts++) {
    const lease = await taken(request)
    expect(lease.doubts).toBe(doubts)
    await lease.end('unknown')
  }
  expect(await answer(request)).toBe('spent')
})

test('Retry begins with a clean lease, and who held the old one is out', async () => {
  const request = await delivering()
  for (let n = 0; n < 3; n++) await (await taken(request)).end('unknown')
  const old = await taken(request)
  await requests.settle(request, { state: 'failed', failure: 'telegram_unavailable' })
  expect(await old.holds()).toBe(false)
  await requests.reopen(request)
  await requests.move(request.ticket, ['asked'], 'delivering')
  expect(await old.holds()).toBe(false)
  const lease = await taken(request)
  expect(lease.doubts).toBe(0)
  expect(await old.end('unsent')).toBe(false)
  expect(await lease.holds()).toBe(true)
})

test('a delivery that starts over because its file is gone keeps what is known', async () => {
  const request = await delivering()
  const lease = await taken(request)
  await requests.startOver(request.ticket, 1)
  await requests.move(request.ticket, ['asked'], 'delivering')
  expect(await answer(request)).toBe('wait')
  await lease.end({ messageId: 5 })
  expect((await requests.get(request.ticket))?.direct).toBe(true)
})

test('what was sent of another format does not stand for the one that is wanted now', async () => {
  const request = await delivering()
  const old = await taken(request)
  await requests.set(request.ticket, { mediaKey: 'site.1.v720.full.public' })
  expect(await old.end({ messageId: 99 })).toBe(true)
  expect((await requests.get(request.ticket))?.direct).toBe(false)
})

test('while there is a ticket, or may be one, nothing is sent beside it', async () => {
  const request = await delivering()
  const ticket = await taken(request, 'ticket')
  expect(await directSends.claim(request)).toEqual({ how: 'busy' })
  await ticket.end({ messageId: 99 })
  expect(await directSends.claim(request)).toEqual({ how: 'message', messageId: 99 })
  // None of that counts as a call.
  await requests.set(request.ticket, { ticketGone: '1' })
  expect((await taken(request)).doubts).toBe(0)
})

test('a ticket that is being sent is waited for; then it is there', async () => {
  const request = await delivering()
  const lease = await taken(request, 'ticket')
  expect(await directSends.claim(request)).toEqual({ how: 'busy' })
  expect(await answer(request, 'ticket')).toBe('wait')
  expect(await lease.end({ messageId: 99 })).toBe(true)
  // Redis may get it twice: the client repeats what it has no answer to.
  expect(await lease.end({ messageId: 99 })).toBe(true)
  expect(await directSends.claim(request)).toEqual({ how: 'message', messageId: 99 })
  expect(await directSends.ticketLease(request)).toEqual({ how: 'sent', messageId: 99 })
})

test('where the delivery came first there will be no ticket, unless the person must be told something', async () => {
  const request = await delivering()
  expect((await directSends.claim(request)).how).toBe('none')
  expect(await answer(request, 'ticket')).toBe('gone')
  const leased = await directSends.ticketLease(request, true)
  expect(leased.how).toBe('go')
  if (leased.how === 'go') expect(await leased.lease.end({ messageId: 5 })).toBe(true)
  expect(await directSends.claim(request)).toEqual({ how: 'message', messageId: 5 })
})

test('who was frozen while sending the ticket is out when the delivery has gone ahead', async () => {
  const request = await delivering()
  const frozen = await taken(request, 'ticket')
  await runOut(request, 'ticket')
  expect((await directSends.claim(request)).how).toBe('none')
  expect(await frozen.holds()).toBe(false)
  expect(await frozen.end({ messageId: 99 })).toBe(false)
  expect((await directSends.claim(request)).how).toBe('none')
})

test('a question that reaches Redis twice, as after a connection that broke, has one answer and counts once', async () => {
  const { ticket } = await delivering()
  const ask = (by: string) => state.scripts.claim([state.keys.request(ticket)], [60_000, 4, by])
  expect(await ask('one')).toEqual(['go', '1', '0'])
  expect(await ask('one')).toEqual(['go', '1', '0'])
  expect(await ask('another')).toEqual(['wait', expect.any(String)])
})
