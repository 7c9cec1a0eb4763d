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

/** At least; as long as there are restarts, there are people. */
const ASKS = 30
const EVERY_MS = 1000
const ROUNDS = 2
/** Longer than the grace: what is under way is stopped and given back. */
const SLOW = '/watch/slow?bytesPerSecond=500000'

const product = await productOfItsOwn({
  workers: { fetch: 2 },
  env: { SHUTDOWN_GRACE_SECONDS: '1' },
})
const { world, mediaSite, stack, state, dir } = product

/** Waits until a process has said so many times that it runs: only then it can have something to do when it is stopped. */
const untilStarted = (name: string, times: number) =>
  expect
    .poll(
      async () =>
        (await readFile(join(dir, 'logs', `${name}.log`), 'utf8')).split('"msg":"started"').length - 1,
      { timeout: 60_000, interval: 100 },
    )
    .toBe(times)

test(`every process is restarted ${ROUNDS} times under load: nothing is lost, doubled or held against a job`, {
  timeout: 240_000,
}, async () => {
  const asks: Ask[] = []
  let isOver = false
  const asking = (async () => {
    for (let n = 0; n < ASKS || !isOver; n++) {
      const path =
        n % 4 === 0 ? `${SLOW}&for=${n}` : n % 4 === 1 ? `/files/clip-1.mp4` : `/files/plain.mp4?n=${n}`
      asks.push((await product.person()).ask(mediaSite.origin, path))
      await sleep(isOver ? 0 : EVERY_MS)
    }
  })()

  const stopsMs: number[] = []
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, supervised] of stack.processes) {
      if (name === 'web') continue
      let stoppedAt = 0
      await supervised.interrupt(
        async (process) => {
          stoppedAt = Date.now()
          await process.stop()
        },
        async () => void stopsMs.push(Date.now() - stoppedAt),
      )
      await untilStarted(name, round + 2)
    }
  isOver = true
  await asking
  await untilSettled(product, /^$/)

  expectDeliveredOnce(world, asks, [])
  expect(asks.filter((ask) => mediaFor(world, ask).length !== 1)).toEqual([])
  await expectOneFetchEach(product)
  // A job that was given back has lost nothing: no attempt, no crash.
  const jobs = (
    await Promise.all(STAGE_NAMES.map((stage) => state.queues.queue(stage).getJobs(['completed', 'failed'])))
  ).flat()
  const punished = jobs.filter((job) => job.attemptsMade > 1 || job.stalledCounter > 0)
  expect(punished.map((job) => `${job.queueName} ${job.id} ${job.failedReason}`)).toEqual([])
  expect((await stack.logs()).split('\n').filter((line) => line.includes('does not stop'))).toEqual([])
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
