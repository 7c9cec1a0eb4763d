import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { Cached } from '../../../queues/cached.ts'
import type { StageName } from '../../../queues/pipeline.ts'
import { createStorage } from '../../shared/storage/create-storage.ts'
import type { ProductProcess } from '../stack/product-process.ts'
import { expectDeliveredOnce } from './expect-delivered-once.ts'
import { allRequests, expectNothingLeft, expectOneFetchEach, untilSettled } from './expect-settled.ts'
import { type Ask, mediaFor } from './people.ts'
import { productOfItsOwn } from './product-of-its-own.ts'

const LOCK_MS = 3000
const SOON = { timeout: 90_000, interval: 20 }

const product = await productOfItsOwn({ workers: { fetch: 2, transcode: 2, upload: 2, send: 2 } })
const { world, mediaSite, engines, stack, state } = product
const storage = createStorage(product.bucket)
const asks: Ask[] = []

const processOf = (name: string): ProductProcess => {
  const supervised = stack.processes.get(name)
  if (!supervised) throw new Error(`no process ${name}`)
  return supervised.current()
}
const active = async (stage: StageName) =>
  (await state.queues.queue(stage).getActive()).filter((job) => job?.name === stage).length
const activeIn = (stage: StageName) => expect.poll(() => active(stage), SOON)
const crashesIn = async (stage: StageName) =>
  (await state.queues.queue(stage).getJobs(['completed', 'active', 'wait', 'prioritized']))
    .filter((job) => job?.name === stage)
    .reduce((sum, job) => sum + job.stalledCounter, 0)

/** Another medium of the same kind. */
const again = (path: string) => `${path}${path.includes('?') ? '&' : '?'}again`

/** One of two processes takes a job and stands still in the middle of it; the other one ends it; the first goes on. */
async function takeOver(
  stage: StageName,
  path: string,
  during: { begun?: () => Promise<void> } = {},
): Promise<void> {
  const [first, second] = [processOf(`worker-${stage}`), processOf(`worker-${stage}-2`)]
  const crashes = await crashesIn(stage)
  await second.freeze()
  const ask = (await product.person()).ask(mediaSite.origin, path)
  asks.push(ask)
  await activeIn(stage).toBe(1)
  await first.freeze()
  if ((await active(stage)) === 0) {
    // It was faster than we: once more, with another one.
    await Promise.all([first.thaw(), second.thaw()])
    await expect.poll(() => mediaFor(world, ask).length, SOON).toBe(1)
    return await takeOver(stage, again(path), during)
  }
  const frozenAt = Date.now()
  await second.thaw()
  await during.begun?.()
  const isTaken = async () => (await crashesIn(stage)) === crashes + 1
  await expect.poll(async () => (await isTaken()) || (await active(stage)) === 0, SOON).toBe(true)
  if (!(await isTaken())) {
    // Its last word was on its way to Redis already.
    await first.thaw()
    await expect.poll(() => mediaFor(world, ask).length, SOON).toBe(1)
    return await takeOver(stage, again(path), during)
  }
  // The other one has taken it, and has done it.
  await activeIn(stage).toBe(0)
  await expect.poll(() => mediaFor(world, ask).length, SOON).toBe(1)
  await sleep(Math.max(0, frozenAt + 2 * LOCK_MS - Date.now()))
  await first.thaw()
}

describe('a worker that stands still for twice its lock', { timeout: 240_000 }, () => {
  test('in the middle of a download', () => takeOver('fetch', '/watch/slow?bytesPerSecond=400000'))

  test('in the middle of a conversion', () => takeOver('transcode', '/files/clip.webm'))

  test('in the middle of an upload', async () => {
    await engines.s3.current().freeze()
    await takeOver('upload', '/files/plain.mp4', { begun: () => engines.s3.current().thaw() })
  })

  test('in the middle of a delivery, whose answer it has not heard', async () => {
    world.faults.add({ method: 'editMessageMedia', times: 1 }, { kind: 'late_answer', delayMs: 4000 })
    await takeOver('send', '/files/clip-1.mp4')
  })

  test('has done nothing twice that anybody can see', async () => {
    await untilSettled(product, /^$/)
    expect(expectDeliveredOnce(world, asks, [])).toBe(0)
    expect(await expectOneFetchEach(product)).toBe(asks.length)
    const objects = new Set<string>()
    for await (const { key } of storage.list('cache/')) objects.add(key)
    for (const { mediaKey } of await allRequests(product)) {
      const { media, thumbnail } = Cached.parse(await state.joins.shared(mediaKey ?? ''))
      for (const object of [media, thumbnail])
        if (object) expect(await storage.head(object.key)).toMatchObject(object)
      expect(media).not.toBeNull()
    }
    expect(product.restarts()).toBe(0)
    const swept = await expectNothingLeft(product)
    console.log({ objects: objects.size, swept, mended: await state.mends.all() })
  })
})
