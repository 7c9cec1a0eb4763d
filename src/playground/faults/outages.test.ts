import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { expectDeliveredOnce } from './expect-delivered-once.ts'
import { expectOneRowEach, untilSettled } from './expect-settled.ts'
import { type Ask, mediaFor } from './people.ts'
import { productOfItsOwn } from './product-of-its-own.ts'

const SOON = { timeout: 90_000, interval: 50 }
const product = await productOfItsOwn()
const { world, mediaSite, engines, state } = product
const asks: Ask[] = []

type Person = Awaited<ReturnType<typeof product.person>>
function ask(person: Person, path: string): Ask {
  const asked = person.ask(mediaSite.origin, path)
  asks.push(asked)
  return asked
}
const hasMedia = (one: Ask) => expect.poll(() => mediaFor(world, one).length, SOON).toBe(1)
const hits = (path: string) => mediaSite.hits.get(path) ?? 0
const waitingEvents = () => state.queues.queue('analytics').getJobCountByTypes('wait', 'delayed', 'active')
/** Telegram does not know the file any more that it had: it must come from the cache. */
const forgetFileId = (chatId: number) =>
  world.faults.add(
    {
      method: /^(editMessageMedia|send(Video|Audio|Document))$/,
      chatId,
      when: ({ params }) => !JSON.stringify(params).includes('file://'),
    },
    { kind: 'error_before', code: 400, description: 'Bad Request: wrong file identifier/HTTP URL specified' },
  )

afterEach(() => expect(product.restarts()).toBe(0))

describe('away', { timeout: 240_000 }, () => {
  test('Redis, while people send links: they hear of it, and get what they asked for', async () => {
    const people = await Promise.all(Array.from({ length: 5 }, () => product.person()))
    const before = await product.person()
    const inWork = ask(before, '/watch/slow?bytesPerSecond=800000')
    await expect.poll(() => state.queues.queue('fetch').getActiveCount(), SOON).toBe(1)
    await engines.redis.interrupt(
      (engine) => engine.kill(),
      async () => {
        for (const [n, person] of people.entries()) ask(person, `/files/clip-${n % 3}.mp4`)
        const isTold = ({ chat }: Person) =>
          world.messages(chat).some(({ from, text }) => from?.is_bot && /moment/i.test(text ?? ''))
        await expect.poll(() => people.filter(isTold).length, SOON).toBe(people.length)
        await sleep(2000)
      },
    )
    await hasMedia(inWork)
    for (const one of asks) await hasMedia(one)
  })

  test('PostgreSQL: nothing but analytics waits, and each event is there once in the end', async () => {
    await engines.postgres.interrupt(
      (engine) => engine.kill(),
      async () => {
        for (let n = 0; n < 3; n++) await hasMedia(ask(await product.person(), `/files/clip-1${n}.mp4`))
        await expect.poll(waitingEvents, SOON).toBeGreaterThanOrEqual(3)
      },
    )
    await expect.poll(waitingEvents, SOON).toBe(0)
    await expectOneRowEach(product)
  })

  test('S3, frozen: a fresh file is delivered at once, a repeat by what Telegram has', async () => {
    const s3 = engines.s3.current()
    await s3.freeze()
    await hasMedia(ask(await product.person(), '/files/clip-20.mp4'))
    const asked = hits('/files/clip-20.mp4')
    await hasMedia(ask(await product.person(), '/files/clip-20.mp4'))
    expect(hits('/files/clip-20.mp4')).toBe(asked)
    await s3.thaw()
    await untilSettled(product, /^$/)
  })

  test('S3, and Telegram has forgotten the file: it is fetched again', async () => {
    const path = '/files/clip-30.mp4'
    await hasMedia(ask(await product.person(), path))
    await untilSettled(product, /^$/)
    const asked = hits(path)
    await engines.s3.interrupt(
      (engine) => engine.kill(),
      async () => {
        const person = await product.person()
        const forgotten = forgetFileId(person.chat.id)
        await hasMedia(ask(person, path))
        expect(forgotten.hits()).toBeGreaterThan(0)
        expect(hits(path)).toBeGreaterThan(asked)
      },
    )
  })

  test('all is well in the end', async () => {
    await untilSettled(product, /: storage\b/)
    expect(expectDeliveredOnce(world, asks, [])).toBe(0)
    console.log({ requests: asks.length, mended: await state.mends.all() })
  })
})
