import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { STAGE_NAMES, type StageName } from '../../../queues/pipeline.ts'
import { createRandom } from '../chaos/random.ts'
import type { Kill } from './arm.ts'
import { expectDeliveredOnce } from './expect-delivered-once.ts'
import { allRequests, expectNothingLeft, expectOneFetchEach, untilSettled } from './expect-settled.ts'
import { type Ask, mediaFor, newPerson } from './people.ts'
import { productUnderFire } from './product-under-fire.ts'

const SEED = Number(process.env.SEED ?? 1)
const PEOPLE = 1000
const PATH = '/files/plain.mp4'
/** They come in so many groups, which makes two seconds. */
const GROUPS = 20
const BETWEEN_GROUPS_MS = 100
const MEAN_BETWEEN_KILLS_MS = 1000
const CALLS_BETWEEN_KILLS = 10
const PATIENCE_MS = 600_000

const random = createRandom(SEED)
const product = await productUnderFire('each')
const { world, state, stack, mediaSite } = product

/** What Telegram has done for us so far. */
const done = () =>
  world.ledger.entries().filter(({ method, workDone }) => workDone && method !== 'getUpdates').length

/**
 * Kills a worker about every second until `isOver`, and notes where and when. On a machine that is slow to start them
 * again, less often: only after something has moved, or they would never get to work.
 */
async function killAtRandom(kills: Kill[], isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await sleep(random.between(MEAN_BETWEEN_KILLS_MS / 2, (3 * MEAN_BETWEEN_KILLS_MS) / 2))
    const stage: StageName = random.pick(STAGE_NAMES)
    const before = done()
    await stack.processes.get(`worker-${stage}`)?.interrupt((running) => running.kill())
    kills.push({ place: `${stage}.anywhere`, atMs: Date.now() })
    while (!isOver() && done() < before + CALLS_BETWEEN_KILLS) await sleep(50)
  }
}

test('a thousand people want one link, while workers are killed', { timeout: PATIENCE_MS }, async () => {
  const { id: botId } = world.firstBot()
  const people = Array.from({ length: PEOPLE }, () => newPerson(world))
  await Promise.all(people.map(({ user }) => state.preferences.set(botId, user.id, 'v1080')))

  const kills: Kill[] = []
  let isOver = false
  const killing = killAtRandom(kills, () => isOver)
  const asks: Ask[] = []
  const askedAt = Date.now()
  for (let group = 0; group < GROUPS; group++) {
    const some = people.slice((group * PEOPLE) / GROUPS, ((group + 1) * PEOPLE) / GROUPS)
    asks.push(...some.map((person) => person.ask(mediaSite.origin, PATH)))
    await sleep(BETWEEN_GROUPS_MS)
  }
  const askingMs = Date.now() - askedAt

  // One of them thinks better of it.
  const leaver = asks.pop()
  if (!leaver) throw new RangeError()
  world.sendText(leaver.user, leaver.chat, '/cancel')

  const waiting = () => asks.filter((ask) => mediaFor(world, ask).length === 0).length
  await vi.waitFor(() => expect(waiting()).toBe(0), { timeout: PATIENCE_MS, interval: 250 })
  isOver = true
  await killing
  const deliveredAt = Date.now()
  await untilSettled(product, /^never$/)

  const extra = expectDeliveredOnce(world, asks, kills)
  // A /cancel whose link is still with a worker that died comes too early.
  const left = (await allRequests(product)).find(({ userId }) => userId === leaver.user.id)
  expect(mediaFor(world, leaver)).toHaveLength(left?.state === 'cancelled' ? 0 : 1)
  expect(await expectOneFetchEach(product)).toBe(1)
  await expectNothingLeft(product)
  const floods = world.ledger
    .entries()
    .filter(({ answer }) => answer?.ok === false && answer.error_code === 429)
  console.log({
    kills: kills.length,
    extra,
    askingMs,
    seconds: Math.round((deliveredAt - askedAt) / 1000),
    settlingS: Math.round((Date.now() - deliveredAt) / 1000),
    hits: mediaSite.hits.get(PATH),
    floods: floods.length,
    calls: Object.fromEntries(
      [...Map.groupBy(world.ledger.entries(), ({ method }) => method)].map(([method, of]) => [
        method,
        of.length,
      ]),
    ),
    mended: await state.mends.all(),
  })
})
