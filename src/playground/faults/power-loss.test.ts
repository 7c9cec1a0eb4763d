import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { createRandom } from '../chaos/random.ts'
import { watchAppendOnlyFile } from './cut-back.ts'
import { allRequests, untilSettled } from './expect-settled.ts'
import { type Ask, isTold, mediaFor, newPerson } from './people.ts'
import { productOfItsOwn } from './product-of-its-own.ts'

const SEED = Number(process.env.SEED ?? 1)
const ASKS = 60
const EVERY_MS = 150
const LOST_MS = 1000
const SENDS_MEDIA = /^send(Video|Audio|Animation|Document)$/

const product = await productOfItsOwn()
const { world, mediaSite, engines, state, redis, dir } = product

const idOf = ({ chat, messageId }: Ask) => `${chat.id}:${messageId}`
const Asker = z.object({ chatId: z.number(), messageId: z.number() })

/** The messages whose intake jobs are written in this part of the file: what the bot has accepted. */
function acceptedIn(text: string): Set<string> {
  const askers = [...text.matchAll(/"asker":(\{[^}]*\})/g)].flatMap(([, json = '']) => {
    const asker = Asker.safeParse(JSON.parse(json)).data
    return asker ? [`${asker.chatId}:${asker.messageId}`] : []
  })
  return new Set(askers)
}

test('Redis loses its last second: what it still knows ends, and nothing else is lost', {
  timeout: 240_000,
}, async () => {
  const random = createRandom(SEED)
  const file = watchAppendOnlyFile(join(dir, 'redis'))
  const asks: Ask[] = []
  const people = await Promise.all(Array.from({ length: ASKS }, () => product.person()))
  const asking = (async () => {
    for (const person of people) {
      // Some links are new, most were asked for before: sends of known files go out without a ticket.
      const path = random.chance(0.4)
        ? `/files/plain.mp4?n=${asks.length}`
        : `/files/clip-${random.between(1, 6)}.mp4`
      asks.push(person.ask(mediaSite.origin, path))
      await sleep(EVERY_MS)
    }
  })()

  await sleep(random.between(3000, (ASKS * EVERY_MS * 2) / 3))
  const cut = { kept: '', lost: '', cutAtMs: 0 }
  let askedBefore = 0
  await engines.redis.interrupt(
    (engine) => engine.kill(),
    async () => {
      Object.assign(cut, await file.cutBack(LOST_MS))
      askedBefore = asks.length
    },
  )
  await asking
  // Work that was done before the cut, and is asked for again after it: its files have gone on, or nobody waits.
  await untilSettled(product, /: (cancelled|input_missing)\b|: child .* failed$/)

  const kept = acceptedIn(cut.kept)
  const inLostSecond = new Set([...acceptedIn(cut.lost)].filter((id) => !kept.has(id)))
  // The file is read as it was written, and some were accepted in that second: else nothing is shown.
  expect(kept.size).toBeGreaterThan(0)
  const hasEnded = (ask: Ask) => mediaFor(world, ask).length > 0 || isTold(world, ask)
  const lost = asks.filter((ask) => !hasEnded(ask))
  expect(lost.filter((ask) => !inLostSecond.has(idOf(ask)))).toEqual([])

  // What Redis knows has ended, and nothing is being made for anybody.
  const requests = await allRequests(product)
  expect(requests.filter(({ state: now }) => !['delivered', 'failed'].includes(now))).toEqual([])
  expect(await redis.zcard(state.keys.inflight)).toBe(0)
  // Twice: only what was sent on its own, when the note of it was cut away.
  const doubled = asks.filter((ask) => mediaFor(world, ask).length > 1)
  for (const ask of doubled) {
    const calls = world.ledger.of(SENDS_MEDIA).filter(({ chatId }) => chatId === ask.chat.id)
    expect(calls.length).toBe(2)
    expect(calls[0]?.endedAt ?? calls[0]?.at).toBeGreaterThanOrEqual(cut.cutAtMs)
  }
  // Whoever comes now is served, by processes that have not been started again.
  const later = newPerson(world)
  await state.preferences.set(world.firstBot().id, later.user.id, 'v1080')
  const ask = later.ask(mediaSite.origin, '/files/plain.mp4?later')
  await expect.poll(() => mediaFor(world, ask).length, { timeout: 60_000 }).toBe(1)
  expect(product.restarts()).toBe(0)
  console.log({
    requests: asks.length,
    askedBefore,
    acceptedInLostSecond: inLostSecond.size,
    lost: lost.length,
    doubled: doubled.length,
    mended: await state.mends.all(),
  })
})
