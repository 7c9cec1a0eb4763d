import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { expect, vi } from 'vitest'
import { z } from 'zod'
import { STAGE_NAMES } from '../../../queues/pipeline.ts'
import type { Request } from '../../../queues/request.ts'
import { createArtifacts } from '../../shared/artifacts/create-artifacts.ts'
import { processesIn } from '../testing/processes-in.ts'
import type { ProductUnderFire } from './product-under-fire.ts'

/** The reconciler looks at what is half a minute old, and a killed direct send is waited for as long. */
const PATIENCE = { timeout: 180_000, interval: 500 }

/** Every request that Redis knows. */
export async function allRequests({ redis, state }: ProductUnderFire): Promise<Request[]> {
  const found: Request[] = []
  const start = state.keys.request('')
  for await (const batch of redis.scanStream({ match: `${start}*`, count: 1000 }))
    for (const key of z.array(z.string()).parse(batch)) {
      const request = await state.requests.get(key.slice(start.length))
      if (request) found.push(request)
    }
  return found
}

/** Waits until nobody is owed anything and no job is left to do; what failed did so for a reason of the media. */
export async function untilSettled({ redis, state }: ProductUnderFire, honest: RegExp): Promise<void> {
  const left = async () => {
    const owed = await redis.zcard(state.keys.owed)
    const jobs = await Promise.all(
      STAGE_NAMES.filter((name) => name !== 'maintenance').map((name) =>
        state.queues.queue(name).getJobs(['active', 'wait', 'prioritized', 'delayed', 'waiting-children']),
      ),
    )
    const open = jobs.flat().filter((job) => job && job.name !== 'canary')
    return { owed, open: open.map((job) => `${job.queueName} ${job.id}`) }
  }
  await vi.waitFor(async () => expect(await left()).toEqual({ owed: 0, open: [] }), PATIENCE)
  const failed = await Promise.all(STAGE_NAMES.map((name) => state.queues.queue(name).getFailed()))
  const reasons = failed.flat().map((job) => `${job.queueName} ${job.id}: ${job.failedReason}`)
  expect(reasons.filter((reason) => !honest.test(reason))).toEqual([])
}

/**
 * One fetch has completed for every media, whatever it went through; one more only where a delivery has found its file
 * nowhere: storage that does not answer in time is a miss.
 */
export async function expectOneFetchEach({ state, stack }: ProductUnderFire): Promise<number> {
  const done = await state.queues.queue('fetch').getCompleted(0, -1)
  const fetches = Map.groupBy(done, (job) => z.object({ mediaKey: z.string() }).parse(job.data).mediaKey)
  const lines = (await stack.logs()).split('\n')
  const misses = lines.filter((line) => line.includes('the file is nowhere')).join('\n')
  const again = [...fetches].filter(([, jobs]) => {
    const earlier = jobs
      .map(({ data }) => z.object({ generation: z.number() }).parse(data).generation)
      .toSorted((a, b) => a - b)
    return earlier.slice(0, -1).some((generation) => !misses.includes(`"generation":${generation}`))
  })
  const toldOf = (jobs: typeof done) =>
    lines.filter((line) => jobs.some(({ id = '' }) => line.includes(id.split('-', 1)[0] ?? '')))
  expect(again.map(([key, jobs]) => ({ key, log: toldOf(jobs) }))).toEqual([])
  return done.length
}

/** Every end of a request is one row, and there is no other. */
export async function expectOneRowEach(product: ProductUnderFire): Promise<void> {
  const client = new Client({ connectionString: product.databaseUrl })
  await client.connect()
  const { rows } = await client.query(
    `SELECT name, ticket FROM events WHERE name IN ('download_completed', 'download_failed') ORDER BY ticket`,
  )
  await client.end()
  const ends = (await allRequests(product)).map(({ ticket, state }) => ({
    name: state === 'delivered' ? 'download_completed' : 'download_failed',
    ticket,
  }))
  expect(rows).toEqual(ends.toSorted((a, b) => (a.ticket < b.ticket ? -1 : 1)))
}

/**
 * No tool works for nobody, and no file is kept for nobody: what kills have left behind goes with the sweep.
 * @returns how many folders it took away
 */
export async function expectNothingLeft({ dir, artifactsDir }: ProductUnderFire): Promise<number> {
  await vi.waitFor(async () => {
    const tools = (await processesIn(dir)).filter((command) => /yt-dlp|ffmpeg|ffprobe/.test(command))
    expect(tools).toEqual([])
  }, PATIENCE)
  const swept = await createArtifacts({ mode: 'shared', dir: artifactsDir }).sweep(0)
  for (const tree of await readdir(artifactsDir)) expect(await readdir(join(artifactsDir, tree))).toEqual([])
  return swept
}
