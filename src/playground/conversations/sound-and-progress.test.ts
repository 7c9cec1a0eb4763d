import { describe, expect, test } from 'vitest'
import { expectAudio, expectVideo } from './expect-delivered.ts'
import { PATIENCE_MS, runningStack } from './running-stack.ts'

const { world, person, link, hits } = await runningStack()

describe.concurrent('sound', { timeout: PATIENCE_MS }, () => {
  // A file that stands by itself has the name that is in its link.
  const song = { seconds: 12, title: 'song', performer: 'The Breakwaters', hasCover: true }
  test.each([
    ['/files/song.m4a', /M4A/, { ...song, codec: 'aac' }],
    ['/files/song.m4a', /MP3/, { ...song, codec: 'mp3' }],
    ['/watch/hls', /M4A/, { codec: 'aac', seconds: 12, title: 'Harbour at dawn', hasCover: true }],
    ['/watch/dash', /M4A/, { codec: 'aac', seconds: 10, title: 'Orchard in the wind', hasCover: true }],
    ['/watch/dash', /MP3/, { codec: 'mp3', seconds: 10, title: 'Orchard in the wind', hasCover: true }],
    ['/files/clip.webm', /MP3/, { codec: 'mp3', seconds: 6, title: 'clip', hasCover: false }],
  ] as const)('%s as %s', async (path, button, expected) => {
    const asking = person().ask(link(path))
    await asking.press(button)
    const message = await asking.untilMedia()
    await expectAudio(world, message, expected)
    expect(asking.answers()).toHaveLength(1)
    expect(new Set(asking.history().map(({ messageId }) => messageId))).toEqual(new Set([message.message_id]))
  })
})

describe.concurrent('on the way', { timeout: PATIENCE_MS }, () => {
  test('a slow site: the ticket says how far the download is, in numbers that grow', async () => {
    const asking = person().ask(link('/watch/slow'))
    await asking.press(/Video/)
    await expectVideo(world, await asking.untilMedia(), { height: 720, seconds: 12 })
    const texts = asking.history().map(({ text }) => text)
    const percents = texts.flatMap((text) => /Downloading: (\d+)%/.exec(text)?.[1] ?? []).map(Number)
    expect(percents.length).toBeGreaterThan(1)
    expect(percents).toEqual([...percents].sort((a, b) => a - b))
    expect(asking.answers()).toHaveLength(1)
  })

  test('a site that is overloaded twice is asked a third time, and the person hears nothing of it', async () => {
    const asking = person('ru').ask(link('/watch/flaky'))
    await asking.press(/Видео/)
    await expectVideo(world, await asking.untilMedia(), { height: 360, seconds: 8 })
    expect(asking.history().filter(({ text }) => text.includes('Код'))).toEqual([])
    expect(hits('/watch/flaky')).toBeGreaterThanOrEqual(3)
  })

  test('the whole ticket in Russian', async () => {
    const asking = person('ru').ask(link('/watch/clip-3'))
    await asking.untilText(/Clip 3/)
    expect(asking.buttons()).toEqual(['🎬 Видео', '🎵 M4A', '🎵 MP3', '☐ Всегда так', 'Отменить'])
    await asking.press(/MP3/)
    expect((await asking.untilMedia()).audio?.title).toBe('Clip 3')
  })
})
