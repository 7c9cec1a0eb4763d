import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { createState, type State } from '../../queues/state.ts'
import { someEvents } from '../../workers/analytics/testing/some-events.ts'
import { createRandom } from '../playground/chaos/random.ts'
import { startProductProcess } from '../playground/stack/product-process.ts'
import { migrate } from '../shared/db/migrate.ts'
import { ensurePartitions } from '../shared/db/partitions.ts'
import { createPool, type Pool } from '../shared/db/pool.ts'
import type { Bench } from './bench.ts'
import { type Figure, type Measurement, median } from './figure.ts'

const TURNS = 3
const EVENTS = 60_000
const PEOPLE = 20_000
const DAY_MS = 24 * 3600_000
const YEAR_DAYS = 365
const BOT = 7
const PREFIX = 'bench-ingest'
/** Of what is to be reached: so many a second, or this part of what COPY does, whichever is less. */
const REACH_PER_S = 20_000
const REACH_OF_COPY = 0.15

/** Events a second that one process of the stage writes, all tables and all, next to bare COPY into the same table. */
export const ingest: Measurement = {
  ids: ['ingest'],
  async measure(bench): Promise<Figure[]> {
    const database = await newDatabase(bench)
    const db = createPool(database)
    const redis = new Redis(bench.services.REDIS_URL, { maxRetriesPerRequest: null })
    const state = createState(redis, PREFIX)
    await redis.hset(state.keys.botNames, { [BOT]: 'bench_bot' })
    const queue = state.queues.queue('analytics')
    await queue.pause()
    const stage = await startProductProcess({
      args: ['workers/main.ts', 'analytics'],
      env: {
        ...{ PATH: process.env.PATH ?? '', LOG_LEVEL: 'warn', DATABASE_URL: database },
        ...{ REDIS_URL: bench.services.REDIS_URL, REDIS_PREFIX: PREFIX },
      },
      logFile: join(await bench.newFolder(), 'analytics.log'),
    })
    try {
      while ((await queue.getWorkersCount()) === 0) await sleep(50)
      const [written, copied]: [number[], number[]] = [[], []]
      // The first turn warms both.
      for (let turn = 0; turn <= TURNS; turn++) {
        await publish(state, turn)
        written.push(await timeWriting(state, db))
        copied.push(await timeCopy(db))
      }
      for (const rates of [written, copied]) rates.shift()
      return [figureOf(median(written), median(copied))]
    } finally {
      await stage.stop()
      await state.queues.close()
      redis.disconnect()
      await db.end()
    }
  },
}

function figureOf(value: number, floor: number): Figure {
  const reach = Math.min(REACH_PER_S, floor * REACH_OF_COPY)
  return {
    ...{ id: 'ingest', what: 'events written by one process into a year of partitions, next to COPY' },
    ...{ value, unit: 'per s', floor, ratio: value / floor },
    ...{ reach: `at least ${REACH_PER_S} per s, or ${REACH_OF_COPY} times`, holds: value >= reach },
  }
}

async function newDatabase({ services }: Bench): Promise<string> {
  const admin = createPool(services.DATABASE_URL)
  await admin.query('DROP DATABASE IF EXISTS bench_ingest WITH (FORCE)')
  await admin.query('CREATE DATABASE bench_ingest')
  await admin.end()
  const url = Object.assign(new URL(services.DATABASE_URL), { pathname: '/bench_ingest' }).href
  await migrate(url)
  const db = createPool(url)
  await ensurePartitions(db, { monthsAhead: 12, nowMs: Date.now() - YEAR_DAYS * DAY_MS })
  await db.end()
  return url
}

/** As the bot and the stages do it, in the order of time. */
async function publish({ events }: State, turn: number): Promise<void> {
  const chance = createRandom(turn + 1)
  const fromMs = Date.now() - YEAR_DAYS * DAY_MS
  const told = someEvents({
    ...{ chance, fromMs, count: EVENTS, people: PEOPLE, botIds: [BOT], days: YEAR_DAYS },
  })
  await Promise.all(told.toSorted((a, b) => a.atMs - b.atMs).map(events.publish))
}

/** @returns events a second */
async function timeWriting({ queues }: State, db: Pool): Promise<number> {
  const queue = queues.queue('analytics')
  const startedAt = performance.now()
  await queue.resume()
  while ((await queue.getJobCountByTypes('wait', 'active', 'delayed')) > 0) await sleep(10)
  const ms = performance.now() - startedAt
  await queue.pause()
  const { rows } = await db.query<{ n: number }>('SELECT count(*)::int AS n FROM events')
  if (rows[0]?.n !== EVENTS) throw new Error(`${rows[0]?.n} events of ${EVENTS} were written`)
  return (EVENTS * 1000) / ms
}

/** The same rows once more, into the same table, with its indexes. @returns rows a second */
async function timeCopy(db: Pool): Promise<number> {
  const { rows } = await db.query<{ data_directory: string }>('SHOW data_directory')
  const file = `${rows[0]?.data_directory}/bench-events.copy`
  await db.query(`COPY (SELECT * FROM events) TO '${file}'`)
  await db.query('TRUNCATE events')
  const startedAt = performance.now()
  await db.query(`COPY events FROM '${file}'`)
  const ms = performance.now() - startedAt
  await db.query('TRUNCATE events')
  return (EVENTS * 1000) / ms
}
