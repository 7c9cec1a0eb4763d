import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { extractorRuns } from '../testing/extractor-runs.ts'
import { expectVideo } from './expect-delivered.ts'
import { PATIENCE_MS, runningStack } from './running-stack.ts'
import { watchTraffic } from './site-traffic.ts'
import type { Talk } from './talk.ts'

// One fetch at a time, so that a slow one keeps the others waiting.
const { person, link, hits, world, mediaSite } = await runningStack({ CONCURRENCY_FETCH: '1' })

const SLOW_FILE = '/files/slow.mp4'
/** Takes minutes: whatever waits for it does so for as long as a test needs. */
const endlessly = (name: string) => link(`/watch/slow?bytesPerSecond=20000&for=${name}`)
const soon = { timeout: 90_000, interval: 50 }
const noExtractor = () => vi.waitFor(async () => expect(await extractorRuns(process.pid)).toEqual([]), soon)

/** Somebody whose download keeps the only place. */
async function inTheWay(talk: Talk, name: string) {
  const asking = talk.ask(endlessly(name))
  await asking.press(/Video/)
  await asking.untilText(/Downloading/)
  return asking
}

describe('Cancel', { timeout: PATIENCE_MS }, () => {
  test('while the link is looked at: no choices follow, and nobody looks any more', async () => {
    mediaSite.trouble('hang')
    onTestFinished(() => mediaSite.trouble(null))
    const asking = person().ask(link('/files/clip-50.mp4'))
    await vi.waitFor(() => expect(hits('/files/clip-50.mp4')).toBe(1), soon)
    expect(await asking.press(/Cancel/)).toBe('Cancelling…')
    await asking.untilText(/^Cancelled\.$/)
    await noExtractor()
    expect(asking.answers()).toMatchObject([{ text: 'Cancelled.' }])
    expect(asking.buttons()).toEqual([])
  })

  test('instead of a choice: nothing is fetched', async () => {
    const asking = person().ask(link('/files/clip-51.mp4'))
    await asking.untilButton(/Video/)
    const asked = hits('/files/clip-51.mp4')
    await asking.press(/Cancel/)
    await asking.untilText(/^Cancelled\.$/)
    expect(asking.buttons()).toEqual([])
    expect(hits('/files/clip-51.mp4')).toBe(asked)
  })

  test('in line, then the one in front: neither is fetched on, the site sees them go', async () => {
    const traffic = watchTraffic(SLOW_FILE)
    const first = await inTheWay(person(), 'first')
    const second = person('ru').ask(link('/files/clip-52.mp4'))
    await second.press(/Видео/)
    await second.untilText(/⏳/)
    const asked = hits('/files/clip-52.mp4')
    await second.press(/Отменить/)
    await second.untilText(/^Отменено/)
    expect(traffic.open()).toBe(1)

    await first.press(/Cancel/)
    await first.untilText(/^Cancelled\.$/)
    await vi.waitFor(() => expect([traffic.open(), traffic.cutOff() > 0]).toEqual([0, true]), soon)
    await noExtractor()
    // The place is free, and it is not the cancelled one that gets it.
    const third = person().ask(link('/files/clip-53.mp4'))
    await third.press(/Video/)
    await third.untilMedia()
    expect(hits('/files/clip-52.mp4')).toBe(asked)
    expect(second.buttons()).toEqual([])
  })

  test('by one of two who wait: the other one gets it', async () => {
    const url = link('/watch/slow?bytesPerSecond=400000&for=two')
    const [stays, goes] = [person().ask(url), person().ask(url)]
    await Promise.all([stays.press(/Video/), goes.press(/Video/)])
    await Promise.all([stays.untilText(/Downloading/), goes.untilText(/Downloading/)])
    await goes.press(/Cancel/)
    await goes.untilText(/^Cancelled\.$/)
    await expectVideo(world, await stays.untilMedia(), { height: 720, seconds: 12 })
    expect(goes.answers()).toMatchObject([{ text: 'Cancelled.' }])
  })

  test('by both who wait: the download ends', async () => {
    const traffic = watchTraffic(SLOW_FILE)
    const askings = [person(), person()].map((one) => one.ask(endlessly('both')))
    await Promise.all(askings.map((asking) => asking.press(/Video/)))
    await Promise.all(askings.map((asking) => asking.untilText(/Downloading/)))
    await Promise.all(askings.map((asking) => asking.press(/Cancel/)))
    await Promise.all(askings.map((asking) => asking.untilText(/^Cancelled\.$/)))
    await vi.waitFor(() => expect([traffic.open(), traffic.cutOff() > 0]).toEqual([0, true]), soon)
    await noExtractor()

    // Who asks for it later starts anew.
    const later = person().ask(endlessly('both'))
    await later.press(/Video/)
    await later.untilText(/Downloading/)
    await later.press(/Cancel/)
    await later.untilText(/^Cancelled\.$/)
    await noExtractor()
  })

  test('/cancel stops everything of one person, and nothing of another one', async () => {
    const alice = person()
    const fetching = await inTheWay(alice, 'all')
    const queued = alice.ask(link('/files/clip-54.mp4'))
    await queued.press(/MP3/)
    await queued.untilText(/⏳/)
    const choosing = alice.ask(link('/files/clip-55.mp4'))
    await choosing.untilButton(/Video/)
    const other = person().ask(link('/files/clip-54.mp4'))
    await other.press(/MP3/)

    alice.say('/cancel')
    await alice.untilSaid("I'm cancelling your 3 requests.")
    for (const asking of [fetching, queued, choosing]) await asking.untilText(/^Cancelled\.$/)
    expect((await other.untilMedia()).audio?.title).toBe('clip-54')
    alice.say('/cancel')
    await alice.untilSaid('There is nothing to cancel.')
  })
})

describe('a standing choice', { timeout: PATIENCE_MS }, () => {
  test('is what people get without being asked, until they want something else', async () => {
    const alice = person()
    const first = alice.ask(link('/watch/hls'))
    expect(await first.press(/Always use my choice/)).toBe("I'll remember what you pick now.")
    await first.untilButton(/☑ Always use my choice/)
    await first.press(/240p/)
    expect((await first.untilMedia()).video?.height).toBe(240)
    alice.say('/quality')
    await alice.untilSaid('I always use this for you: video, 240p.')

    // What is nearest to it, where it is not offered; and Other quality while there is something to wait for.
    const blocker = await inTheWay(person(), 'standing')
    const second = alice.ask(link('/watch/dash'))
    await second.press(/Other quality/)
    await second.press(/480p/)
    await second.untilText(/⏳/)
    await blocker.press(/Cancel/)
    expect((await second.untilMedia()).video?.height).toBe(480)
    expect(second.answers()).toHaveLength(1)

    const third = alice.ask(link('/watch/dash?again'))
    expect((await third.untilMedia()).video?.height).toBe(360)
    expect(third.history().filter(({ text }) => text.includes('What would you like'))).toEqual([])

    alice.say('/quality')
    const shown = await alice.untilButton(/Ask me each time/)
    expect(await alice.press(shown)).toMatch(/^Done/)
    await alice.untilSaid(/^Done/)
    const fourth = alice.ask(link('/watch/dash?once-more'))
    await fourth.untilButton(/720p/)
    await fourth.press(/Cancel/)
    await fourth.untilText(/^Cancelled\.$/)
  })
})

test('Try again, when the site is back', { timeout: PATIENCE_MS }, async () => {
  const path = '/files/clip-56.mp4'
  const traffic = watchTraffic(path)
  traffic.setDown(true)
  const asking = person().ask(link(path))
  await asking.untilText(/couldn't get through to the site.+\s+Code [0-9A-Z]+$/u)
  traffic.setDown(false)
  expect(await asking.press(/Try again/)).toBe('Trying again…')
  await asking.press(/Video/)
  await expectVideo(world, await asking.untilMedia(), { height: 360, seconds: 8 })
  expect(asking.answers()).toHaveLength(1)
})
