import { beforeAll, describe, expect, test } from 'vitest'
import { PATIENCE_MS, runningStack } from './running-stack.ts'

const { world, person, link, hits } = await runningStack()

/** The calls that put media into a chat. */
const mediaCalls = (chatId: number) =>
  world.ledger
    .of(/^(send(Video|Audio|Document|Animation)|editMessageMedia)$/)
    .filter((call) => call.chatId === chatId && call.workDone)
/** What was given to Telegram as the media: a file_id or a file. */
const givenMedia = ({ params }: { params: Readonly<Record<string, unknown>> }): string => {
  const text = JSON.stringify(params.media ?? params.video ?? params.audio)
  return /file:\/\//.test(text) ? 'file' : 'file_id'
}

/** How often the site is asked for a link that one person wants once. */
let hitsOfOne = 0
beforeAll(async () => {
  const asking = person().ask(link('/files/clip-24.mp4'))
  await asking.press(/Video/)
  await asking.untilMedia()
  hitsOfOne = hits('/files/clip-24.mp4')
}, PATIENCE_MS)

describe.concurrent('what somebody has had already', { timeout: PATIENCE_MS }, () => {
  test('is not fetched again, for nobody', async () => {
    const path = '/files/clip-20.mp4'
    const alice = person()
    const first = alice.ask(link(path))
    await first.press(/Video/)
    const sent = await first.untilMedia()
    const asked = hits(path)
    expect(asked).toBeGreaterThan(0)

    const again = alice.ask(link(path))
    await again.press(/Video/)
    const repeated = await again.untilMedia()
    const other = person('ru').ask(link(path))
    await other.press(/Видео/)
    const others = await other.untilMedia()

    expect(hits(path)).toBe(asked)
    expect([repeated, others].map(({ video }) => video?.file_id)).toEqual([
      sent.video?.file_id,
      sent.video?.file_id,
    ])
    expect(mediaCalls(alice.chat.id).map(givenMedia)).toEqual(['file', 'file_id'])
    expect(mediaCalls(other.chat.id).map(givenMedia)).toEqual(['file_id'])
  })

  test('comes at once, without a ticket, to somebody with a standing choice', async () => {
    const path = '/files/clip-21.mp4'
    const alice = person()
    const first = alice.ask(link(path))
    expect(await first.press(/Always use my choice/)).toMatch(/remember/)
    await first.untilButton(/☑/)
    await first.press(/Video/)
    await first.untilMedia()
    const asked = hits(path)

    const again = alice.ask(link(path))
    await again.untilMedia()
    expect(again.history()).toMatchObject([{ text: '', hasMedia: true }])
    expect(hits(path)).toBe(asked)
    expect(mediaCalls(alice.chat.id).map(({ method }) => method)).toEqual(['editMessageMedia', 'sendVideo'])
  })

  test('two people at once: one download, two deliveries', async () => {
    const path = '/files/clip-22.mp4'
    const askings = [person(), person()].map((one) => one.ask(link(path)))
    await Promise.all(askings.map((asking) => asking.untilButton(/Video/)))
    await Promise.all(askings.map((asking) => asking.press(/Video/)))
    const messages = await Promise.all(askings.map((asking) => asking.untilMedia()))
    expect(new Set(messages.map(({ video }) => video?.file_id)).size).toBe(1)
    const given = askings.flatMap((asking) => mediaCalls(asking.chat.id).map(givenMedia))
    expect(given.sort()).toEqual(['file', 'file_id'])
    for (const asking of askings) expect(asking.answers()).toHaveLength(1)
    expect(hits(path)).toBe(hitsOfOne)
  })

  test('twenty people at once: one inspection, one download, twenty deliveries', async () => {
    const path = '/files/clip-23.mp4'
    const askings = Array.from({ length: 20 }, () => person().ask(link(path)))
    await Promise.all(askings.map((asking) => asking.press(/Video/)))
    const messages = await Promise.all(askings.map((asking) => asking.untilMedia()))
    expect(new Set(messages.map(({ video }) => video?.file_id)).size).toBe(1)
    const given = askings.flatMap((asking) => mediaCalls(asking.chat.id).map(givenMedia))
    expect(given.filter((one) => one === 'file')).toHaveLength(1)
    expect(given).toHaveLength(20)
    expect(hits(path)).toBe(hitsOfOne)
  })
})
