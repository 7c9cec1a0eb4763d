import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { Fault } from '../bot-api/faults.ts'
import { type Asking, hasMedia } from './asking.ts'
import { expectVideo } from './expect-delivered.ts'
import { PATIENCE_MS, runningStack } from './running-stack.ts'

const { world, person, link, hits, restarts, state } = await runningStack()

const FAULTS: [string, Fault][] = [
  ['429 with a time to wait', { kind: 'flood', retryAfterS: 2 }],
  ['500, nothing done', { kind: 'error_before', code: 500, description: 'Internal Server Error' }],
  ['502, nothing done', { kind: 'error_before', code: 502, description: 'Bad Gateway' }],
  ['500 after the work', { kind: 'error_after', code: 500, description: 'Internal Server Error' }],
  ['an answer that is lost after the work', { kind: 'lost_answer' }],
]

/** The media in a chat, and the calls that brought them. */
const deliveredTo = (chatId: number) => ({
  media: world.messages(chatId).filter(hasMedia),
  calls: world.ledger
    .of(/^(send(Video|Audio|Document|Animation)|editMessageMedia)$/)
    .filter((call) => call.chatId === chatId && call.workDone && call.answer?.ok !== false),
})

/** How often a fetch asks the site, when nothing goes wrong. */
let hitsOfOneFetch = 0
beforeAll(async () => {
  const path = '/files/clip-4999.mp4'
  const asking = person().ask(link(path))
  await asking.untilButton(/Video/)
  const inspected = hits(path)
  await asking.press(/Video/)
  await asking.untilMedia()
  hitsOfOneFetch = hits(path) - inspected
}, PATIENCE_MS)

describe.concurrent('a delivery meets', { timeout: PATIENCE_MS }, () => {
  test.each(FAULTS)('%s: delivered once, and not fetched again', async (name, fault) => {
    const path = `/files/clip-${4000 + FAULTS.findIndex(([one]) => one === name)}.mp4`
    const alice = person()
    const asking = alice.ask(link(path))
    await asking.untilButton(/Video/)
    const inspected = hits(path)
    const rule = world.faults.add({ method: 'editMessageMedia', chatId: asking.chat.id }, fault)
    await asking.press(/Video/)
    const message = await asking.untilMedia()
    await expectVideo(world, message, { height: 360, seconds: 8 })
    await untilDelivered(alice.user.id, asking)
    expect(rule.hits()).toBe(1)
    expect(deliveredTo(asking.chat.id).media.map(({ message_id }) => message_id)).toEqual([
      message.message_id,
    ])
    expect(hits(path) - inspected).toBe(hitsOfOneFetch)
    expect(restarts()).toBe(0)
  })

  // Nobody can know whether a call without an answer has brought it: one more copy, and not two.
  const DIRECT = FAULTS.map(([name, fault], n) => [name, n < 3 ? 1 : 2, fault] as const)
  test.each(DIRECT)('%s, sent directly: delivered, %d in all', async (name, copies, fault) => {
    const path = `/files/clip-${4200 + FAULTS.findIndex(([one]) => one === name)}.mp4`
    const alice = person()
    const first = alice.ask(link(path))
    await first.press(/Always use my choice/)
    await first.untilButton(/☑/)
    await first.press(/Video/)
    await first.untilMedia()
    const before = deliveredTo(alice.chat.id)
    const fetched = hits(path)
    const rule = world.faults.add({ method: 'sendVideo', chatId: alice.chat.id }, fault)
    const again = alice.ask(link(path))
    await again.untilMedia()
    await untilDelivered(alice.user.id, again, copies)
    expect(rule.hits()).toBe(1)
    const after = deliveredTo(alice.chat.id)
    expect([after.media.length, after.calls.length]).toEqual([
      before.media.length + copies,
      before.calls.length + copies,
    ])
    expect(hits(path)).toBe(fetched)
  })
})

// Not beside the others: the fault is played before anybody knows whose call it is.
test('a delivery meets a connection that is reset in the middle of the upload', {
  timeout: PATIENCE_MS,
}, async () => {
  const path = '/files/clip-4100.mp4'
  const asking = person().ask(link(path))
  const rule = world.faults.add({ method: 'editMessageMedia' }, { kind: 'reset_upload', afterBytes: 200 })
  await asking.press(/Video/)
  await expectVideo(world, await asking.untilMedia(), { height: 360, seconds: 8 })
  expect(rule.hits()).toBe(1)
  expect(deliveredTo(asking.chat.id)).toMatchObject({ media: [{}], calls: [{}] })
})

/** Waits until the product knows that everything of a person is over, and how the last request has ended. */
async function untilDelivered(userId: number, asking: Asking, copies = 1) {
  await vi.waitFor(
    async () => {
      expect(await state.requests.active(world.firstBot().id, userId)).toEqual([])
      if (asking.ticket()) expect((await state.requests.get(asking.ticket()))?.state).toBe('delivered')
    },
    { timeout: 90_000, interval: 50 },
  )
  expect(asking.answers()).toHaveLength(copies)
}
