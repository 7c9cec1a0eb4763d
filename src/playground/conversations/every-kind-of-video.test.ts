import { describe, expect, test } from 'vitest'
import { expectVideo } from './expect-delivered.ts'
import { PATIENCE_MS, runningStack } from './running-stack.ts'

const { world, person, link } = await runningStack()

describe.concurrent('a link becomes a file that Telegram plays', { timeout: PATIENCE_MS }, () => {
  test.each([
    ['/watch/hls', /720p/, 'Harbour at dawn', { height: 720, seconds: 12 }],
    ['/watch/hls', /480p/, 'Harbour at dawn', { height: 480, seconds: 12 }],
    ['/watch/hls', /360p/, 'Harbour at dawn', { height: 360, seconds: 12 }],
    ['/watch/hls', /240p/, 'Harbour at dawn', { height: 240, seconds: 12 }],
    ['/watch/dash', /720p/, 'Orchard in the wind', { height: 720, seconds: 10 }],
    ['/watch/dash', /480p/, 'Orchard in the wind', { height: 480, seconds: 10 }],
    ['/watch/dash', /360p/, 'Orchard in the wind', { height: 360, seconds: 10 }],
    ['/watch/vertical', /Video/, 'Ferry, filmed upright', { height: 640, seconds: 8 }],
    ['/watch/flaky', /Video/, 'Ferry, at the third try', { height: 360, seconds: 8 }],
    ['/watch/clip-7', /Video/, 'Clip 7', { height: 360, seconds: 8 }],
    ['/files/ready.mp4', /Video/, 'ready', { height: 360, seconds: 8 }],
    ['/files/plain.mp4', /Video/, 'plain', { height: 720, seconds: 12 }],
    ['/files/clip.webm', /Video/, 'clip', { height: 360, seconds: 6 }],
    ['/files/odd.mp4', /Video/, 'odd', { height: 478, seconds: 6 }],
    ['/files/ten-bit.mp4', /Video/, 'ten-bit', { height: 360, seconds: 6 }],
    ['/files/hevc.mp4', /Video/, 'hevc', { height: 360, seconds: 6 }],
    ['/files/silent.mp4', /Video/, 'silent', { height: 360, seconds: 6, silent: true }],
  ] as const)('%s as %s: %s', async (path, button, title, expected) => {
    const asking = person().ask(link(path))
    await asking.press(button)
    const message = await asking.untilMedia()
    await expectVideo(world, message, expected)
    expect(message.caption).toBe(title)
    // The ticket itself has become the media: there is one answer, and it has been the same message all along.
    expect(asking.answers()).toHaveLength(1)
    expect(new Set(asking.history().map(({ messageId }) => messageId))).toEqual(new Set([message.message_id]))
    expect(asking.buttons()).toEqual([])
  })
})
