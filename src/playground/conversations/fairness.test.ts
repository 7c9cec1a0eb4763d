import { expect, test, vi } from 'vitest'
import { linkHash } from '../../../queues/media.ts'
import { hasMedia } from './asking.ts'
import { PATIENCE_MS, runningStack } from './running-stack.ts'
import { slotsWaited } from './slots-waited.ts'
import type { Talk } from './talk.ts'

const PLACES = { intake: 20, inspect: 2, fetch: 2, transcode: 2 }
const LINKS_OF_A_MESSAGE = 10

const { state, world, person, link } = await runningStack({
  MAX_QUEUED_PER_PERSON: '300',
  // It is the line that is looked at, not the door.
  ...{ LINKS_PER_MINUTE: '0', LINKS_PER_DAY: '0', SURVEY: 'off' },
  ...Object.fromEntries(
    Object.entries(PLACES).map(([stage, places]) => [`CONCURRENCY_${stage.toUpperCase()}`, `${places}`]),
  ),
})
const botId = Number(world.firstBot().token.split(':')[0])
const soon = { timeout: PATIENCE_MS, interval: 200 }

/** Somebody who gets what they ask for without a question. */
async function decided(): Promise<Talk> {
  const one = person()
  await state.preferences.set(botId, one.user.id, 'vbest')
  return one
}

/** As many people with one link each, all at once; gives the 95th percentile of the slots of work they waited. */
async function askWithOneEach(count: number, firstClip: number): Promise<number> {
  const people = await Promise.all(Array.from({ length: count }, decided))
  const askings = people.map((one, n) => one.ask(link(`/files/clip-${firstClip + n}.mp4`)))
  await vi.waitFor(() => expect(askings.filter((one) => !one.answers().some(hasMedia))).toEqual([]), soon)
  const waited = await slotsWaited(
    state,
    people.map(({ user }) => user.id),
    PLACES,
  )
  const sorted = [...waited.values()].sort((a, b) => a - b)
  return sorted[Math.ceil(0.95 * count) - 1] ?? Number.NaN
}

/** The median of three rounds: of twenty people, one who was unlucky is the 95th percentile. */
async function askInRounds(firstClip: number): Promise<number> {
  const rounds: number[] = []
  for (let round = 0; round < 3; round++) rounds.push(await askWithOneEach(20, firstClip + 20 * round))
  return rounds.sort((a, b) => a - b)[1] ?? Number.NaN
}

/** How many jobs of a stage have not begun. */
const inLine = (stage: 'inspect' | 'fetch') =>
  state.queues.queue(stage).getJobCountByTypes('prioritized', 'delayed')

test('one person with 200 links delays twenty with one each by two slots of work at most', {
  timeout: 3 * PATIENCE_MS,
}, async () => {
  const without = await askInRounds(1000)

  const heavy = await decided()
  const paths = Array.from({ length: 200 }, (_, n) => `/files/clip-${2000 + n}.mp4`)
  // Somebody has asked for every other one before: those stand in line for fetch at once, the others for inspect.
  const known = await state.facts.ofLink(linkHash(link('/files/clip-1000.mp4')))
  if (!known) throw new Error('nothing is known of what was just inspected')
  for (const path of paths.filter((_, n) => n % 2 === 0)) {
    const hash = linkHash(link(path))
    await state.facts.save(hash, { ...known, mediaId: `generic.${hash}` })
  }
  for (let n = 0; n < paths.length; n += LINKS_OF_A_MESSAGE)
    heavy.say(
      paths
        .slice(n, n + LINKS_OF_A_MESSAGE)
        .map(link)
        .join('\n'),
    )
  await vi.waitFor(async () => {
    expect(await state.requests.active(botId, heavy.user.id)).toHaveLength(200)
    expect([await inLine('inspect'), await inLine('fetch')].every((jobs) => jobs > 80)).toBe(true)
  }, soon)

  const beside = await askInRounds(3000)
  console.info({ without, beside })
  expect(beside, `${without} slots without the 200 links`).toBeLessThanOrEqual(without + 2)
  // They were there all the time.
  expect(Math.min(await inLine('inspect'), await inLine('fetch'))).toBeGreaterThan(0)

  heavy.say('/cancel')
  await vi.waitFor(async () => expect(await state.requests.active(botId, heavy.user.id)).toEqual([]), soon)
})
