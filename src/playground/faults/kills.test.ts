import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { linkHash } from '../../../queues/media.ts'
import { STAGE_NAMES, type StageName } from '../../../queues/pipeline.ts'
import { stageNamed } from '../../../queues/queues.ts'
import { PLACES } from '../../../workers/fail-point.ts'
import { createRandom } from '../chaos/random.ts'
import { createArming } from './arm.ts'
import { createCurious } from './curious.ts'
import { expectDeliveredOnce } from './expect-delivered-once.ts'
import { expectNothingLeft, expectOneFetchEach, expectOneRowEach, untilSettled } from './expect-settled.ts'
import { createGuests } from './guests.ts'
import { type Ask, newPerson } from './people.ts'
import { productUnderFire } from './product-under-fire.ts'
import { createSupply } from './supply.ts'

/** How often each place of each stage is hit: `KILLS=20 npx vitest run src/playground/faults/kills.test.ts` for all. */
const KILLS = Number(process.env.KILLS ?? 1)
const SEED = Number(process.env.SEED ?? 1)
const PEOPLE = 12
const PATIENCE_MS = (10 + 5 * KILLS) * 60_000

/** Stages that only fresh links reach; repeats are enough for the others, and cost little. */
const OF_FRESH_LINKS: readonly StageName[] = [
  'intake',
  'inspect',
  'fetch',
  'transcode',
  'publish',
  'upload',
  'notify',
]
/** Reasons of the media that the supply has. */
const HONEST = /: (gone|not_media)\b|: child .* failed$/

const random = createRandom(SEED)
const arming = createArming(() => product.state.queues)
const product = await productUnderFire('each', arming.envOf)

/** A request whose job was lost, and which the reconciler finds. */
async function loseRequest(): Promise<Ask> {
  const { world, state, redis, link } = product
  const { user, chat } = newPerson(world)
  const path = '/files/clip-0.mp4'
  const hash = linkHash(link(path))
  const { id: botId } = world.firstBot()
  await state.facts.saveLink(hash, link(path))
  await state.preferences.set(botId, user.id, 'v1080')
  const messageId = world.sendText(user, chat, 'Hello')
  const ticket = await state.requests.create(
    {
      ...{ botId, chatId: chat.id, chatType: 'private', threadId: null },
      ...{ userId: user.id, language: 'en', messageId },
    },
    `lost-${user.id}`,
    hash,
    Date.now(),
  )
  // Long ago, for the reconciler.
  await redis.zadd(state.keys.owed, Date.now() - 60_000, ticket)
  await state.queues.add('maintenance', { task: 'reconcile' }, { jobId: `reconcile-${ticket}` })
  return { user, chat, path, messageId }
}

/** The next file of each of them is followed by a bonus for another one, and its word. */
async function oweBonuses(people: readonly number[]): Promise<void> {
  const { redis, state, world } = product
  const botId = world.firstBot().id
  for (const [n, userId] of people.entries()) {
    const referrerId = people[(n + 1) % people.length] ?? userId
    await redis.hset(state.keys.person(botId, userId), { referrerId, bonusDue: 1 })
  }
}

test(`kill -9 at each place of each stage, ${KILLS} times each`, { timeout: PATIENCE_MS }, async ({
  onTestFailed,
}) => {
  onTestFailed(() => console.log({ kills: arming.kills.length, awaited: arming.awaited() }))
  const startedAt = Date.now()
  const supply = await createSupply(product, random, { people: PEOPLE })
  const curious = createCurious(product)
  const guests = createGuests(product)
  const lost: Ask[] = []
  const killAll = async (stage: StageName) => {
    const places = PLACES.filter((one) => one.stage === stage)
    // A cheap stage passes each place many times a second: not always the first job is hit.
    const most = OF_FRESH_LINKS.includes(stage) || ['maintenance', 'aftercare'].includes(stage) ? 1 : 3
    const plan = Array.from({ length: KILLS }, () => random.shuffled(places))
      .flat()
      .map(({ place }) => ({ place, pass: random.between(1, most) }))
    const supervised = product.stack.processes.get(`worker-${stage}`)
    if (!supervised) throw new Error(`no worker of ${stage}`)
    await arming.dieAtEach(stage, supervised, plan, async (place) => {
      if (/^maintenance\.(found|mended)$/.test(place)) lost.push(await loseRequest())
      if (stage === 'aftercare') await oweBonuses([...new Set(supply.asks.map(({ user }) => user.id))])
    })
  }
  await Promise.all([
    Promise.all(OF_FRESH_LINKS.map(killAll)).then(supply.spare),
    ...STAGE_NAMES.filter((stage) => !OF_FRESH_LINKS.includes(stage)).map(killAll),
  ])
  const killedAt = Date.now()
  await Promise.all([supply.end(), curious.end(), guests.end()])
  await untilSettled(product, HONEST)

  const extra = expectDeliveredOnce(product.world, [...supply.asks, ...guests.asks, ...lost], arming.kills)
  // A worker that dies takes along the answers that it had not noted: of what it sent at that moment.
  const deaths = arming.kills.filter(({ place }) => place.startsWith('send.')).length
  expect(extra).toBeLessThanOrEqual(deaths * stageNamed('send').concurrency(availableParallelism()))
  for (const { place } of PLACES)
    expect(arming.kills.filter((kill) => kill.place === place)).toHaveLength(KILLS)
  const fetches = await expectOneFetchEach(product)
  await expectOneRowEach(product)
  const swept = await expectNothingLeft(product)
  console.log({
    kills: arming.kills.length,
    rests: arming.rests(),
    asks: supply.asks.length,
    forgotten: curious.forgotten(),
    guests: guests.asks.length,
    fetches,
    extra,
    swept,
    mended: await product.state.mends.all(),
    killingS: Math.round((killedAt - startedAt) / 1000),
    settlingS: Math.round((Date.now() - killedAt) / 1000),
  })
})
