import { describe, expect, test } from 'vitest'
import { expectVideo } from './expect-delivered.ts'
import { PATIENCE_MS, runningStack } from './running-stack.ts'

const { world, person, link } = await runningStack()

describe.concurrent('a link becomes a file that Telegram plays', { timeout: PATIENCE_MS }, () => {
  test.each([
    ['/watch/hls', /720p/, { height: 720, seconds: 12 }],
    ['/watch/hls', /480p/, { height: 480, seconds: 12 }],
    ['/watch/hls', /360p/, { height: 360, seconds: 12 }],
    ['/watch/hls', /240p/, { height: 240, seconds: 12 }],
    ['/watch/dash', /720p/, { height: 720, seconds: 10 }],
    ['/watch/dash', /480p/, { height: 480, seconds: 10 }],
    ['/watch/dash', /360p/, { height: 360, seconds: 10 }],
    ['/watch/vertical', /Video/, { height: 640, seconds: 8 }],
    ['/watch/flaky', /Video/, { height: 360, seconds: 8 }],
    ['/watch/clip-7', /Video/, { height: 360, seconds: 8 }],
    ['/files/ready.mp4', /Video/, { height: 360, seconds: 8 }],
    ['/files/plain.mp4', /Video/, { height: 720, seconds: 12 }],
    ['/files/clip.webm', /Video/, { height: 360, seconds: 6 }],
    ['/files/odd.mp4', /Video/, { height: 478, seconds: 6 }],
    ['/files/ten-bit.mp4', /Video/, { height: 360, seconds: 6 }],
    ['/files/hevc.mp4', /Video/, { height: 360, seconds: 6 }],
    ['/files/silent.mp4', /Video/, { height: 360, seconds: 6, silent: true }],
  ] as const)('%s as %s', async (path, button, expected) => {
    const asking = person().ask(link(path))
    await asking.press(button)
    const message = await asking.untilMedia()
    await expectVideo(world, message, expected)
    // The ticket itself has become the media: there is one answer, and it has been the same message all along.
    expect(asking.answers()).toHaveLength(1)
    expect(new Set(asking.history().map(({ messageId }) => messageId))).toEqual(new Set([message.message_id]))
    expect(asking.buttons()).toEqual([])
  })
})
