import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { STAGE_NAMES } from '../../../queues/pipeline.ts'
import { processesIn } from '../testing/processes-in.ts'
import { expectDeliveredOnce } from './expect-delivered-once.ts'
import { expectOneFetchEach, untilSettled } from './expect-settled.ts'
import { type Ask, mediaFor } from './people.ts'
import { productOfItsOwn } from './product-of-its-own.ts'

const PEOPLE = 10
const ROUNDS = 2
const SOON = { timeout: 90_000, interval: 100 }
/** Longer than the grace: what is under way is stopped and given back. */
const SLOW = '/watch/slow?bytesPerSecond=500000'

const product = await productOfItsOwn({
  workers: { fetch: 2 },
  // A lock that a busy machine renews in time: here a crash that is counted is one of ours.
  env: { SHUTDOWN_GRACE_SECONDS: '1', LOCK_SECONDS: '20', STALLED_CHECK_SECONDS: '5' },
})
const { world, mediaSite, stack, state, dir } = product

/** Waits until a process has said so many times that it runs: only then it can have something to do when it is stopped. */
const untilStarted = (name: string, times: number) =>
  expect
    .poll(
      async () =>
        (await readFile(join(dir, 'logs', `${name}.log`), 'utf8')).split('"msg":"started"').length - 1,
      SOON,
    )
    .toBe(times)

test(`every process is restarted ${ROUNDS} times under load: nothing is lost, doubled or held against a job`, {
  timeout: 240_000,
}, async () => {
  const asks: Ask[] = []
  let isOver = false
  /** Asks for one after the other, so that there is as much to do as the machine can do. */
  const live = async (who: number) => {
    const person = await product.person()
    for (let n = 0; n < 3 || !isOver; n++) {
      const fresh = who % 2 === 0 ? `${SLOW}&for=${who}-${n}` : `/files/plain.mp4?for=${who}-${n}`
      const ask = person.ask(mediaSite.origin, n % 3 === 2 ? '/files/clip-1.mp4' : fresh)
      asks.push(ask)
      while (mediaFor(world, ask).length === 0) await sleep(100)
    }
  }
  const living = Promise.all(Array.from({ length: PEOPLE }, (_, who) => live(who)))

  const stopsMs: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    // Something is under way.
    await expect.poll(() => state.queues.queue('fetch').getActiveCount(), SOON).toBeGreaterThan(0)
    const names = [...stack.processes.keys()].filter((name) => name !== 'web')
    for (const name of names)
      await stack.processes.get(name)?.interrupt(async (process) => {
        const askedAt = Date.now()
        await process.stop()
        stopsMs.push(Date.now() - askedAt)
      })
    await Promise.all(names.map((name) => untilStarted(name, round + 2)))
  }
  isOver = true
  await living
  await untilSettled(product, /^$/)

  expectDeliveredOnce(world, asks, [])
  expect(asks.filter((ask) => mediaFor(world, ask).length !== 1)).toEqual([])
  await expectOneFetchEach(product)
  expect((await stack.logs()).split('\n').filter((one) => one.includes('does not stop'))).toEqual([])
  // A job that was given back has lost nothing: no attempt, no crash.
  const jobs = (
    await Promise.all(STAGE_NAMES.map((stage) => state.queues.queue(stage).getJobs(['completed', 'failed'])))
  ).flat()
  const punished = jobs.filter((job) => job.attemptsMade > 1 || job.stalledCounter > 0)
  expect(
    punished.map(
      (job) => `${job.queueName} ${job.id} ${job.attemptsMade} ${job.stalledCounter} ${job.failedReason}`,
    ),
  ).toEqual([])
  expect((await processesIn(dir)).filter((command) => /yt.dlp|ffmpeg|ffprobe/.test(command))).toEqual([])
  const logs = await stack.logs()
  // Some were under way: else nothing is shown.
  expect(logs).toContain('"given back"')
  console.log({
    requests: asks.length,
    restarts: stopsMs.length,
    slowestStopMs: Math.max(...stopsMs),
    givenBack: logs.split('"given back"').length - 1,
    mended: await state.mends.all(),
  })
})
