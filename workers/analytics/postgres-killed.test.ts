import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { AnalyticsEvent } from '../../queues/event.ts'
import { keysFor } from '../../queues/keys.ts'
import { createRandom } from '../../src/playground/chaos/random.ts'
import { startPostgres } from '../../src/playground/engines/postgres.ts'
import { testDir, testRedis } from '../../src/playground/testing/services.ts'
import { migrate } from '../../src/shared/db/migrate.ts'
import { createPool, type Pool } from '../../src/shared/db/pool.ts'
import { createLogger } from '../../src/shared/logger.ts'
import { testContext } from '../test-context.ts'
import { createHandler } from './handler.ts'
import { naiveStore } from './testing/naive-store.ts'
import { readStore } from './testing/read-store.ts'
import { someEvents } from './testing/some-events.ts'

const TIME_ZONE = 'Europe/Moscow'
const CUTS = 30
const CRASHES = 20
const OF_A_ROUND = 600

let engine: Awaited<ReturnType<typeof startPostgres>>
let dir: string
let writers: Pool[]
let knife: Pool

beforeAll(async () => {
  dir = await testDir()
  // Not forced to disk: it is the processes that die here, and not the machine.
  engine = await startPostgres({ dir, durable: false })
  await migrate(engine.url)
  // Two, as two processes of the stage have them.
  writers = [1, 2].map(() => createPool(engine.url, { applicationName: 'writer' }))
  knife = createPool(engine.url, { applicationName: 'knife' })
})
afterAll(async () => {
  await Promise.allSettled([...(writers ?? []), knife].map((pool) => pool?.end()))
  await engine?.stop()
})

const IN_A_BATCH = "application_name = 'writer' AND state = 'active' AND query LIKE '%INSERT INTO events%'"

/** Ends whatever transaction of the writers is found in its middle. */
async function cut(): Promise<number> {
  const { rowCount } = await knife.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${IN_A_BATCH} LIMIT 1`,
  )
  return rowCount ?? 0
}

/** Kills the server in the middle of a transaction, and starts it again. */
async function crash(): Promise<number> {
  const { rows } = await knife.query(`SELECT FROM pg_stat_activity WHERE ${IN_A_BATCH} LIMIT 1`)
  if (rows.length === 0) return 0
  await engine.kill()
  const port = Number(new URL(engine.url).port)
  // What the dead one leaves behind may hold its memory for a moment.
  engine = await vi.waitFor(() => startPostgres({ dir, durable: false, port }), {
    timeout: 60_000,
    interval: 100,
  })
  return 1
}

test('killed fifty times in the middle of a batch: every row once, and all counts right', {
  timeout: 240_000,
}, async () => {
  const { redis, prefix } = await testRedis()
  const keys = keysFor(prefix)
  const log = createLogger('silent', 'test')
  const migrated = async () => undefined
  const handlers = writers.map((db) => createHandler({ redis, keys, db, migrated, timeZone: TIME_ZONE, log }))
  const random = createRandom(11)
  const told: AnalyticsEvent[] = []
  let again = 0

  /** As BullMQ does it: again, by whichever process, until it is done. */
  const persistently = async (events: AnalyticsEvent[]): Promise<void> => {
    for (;;) {
      try {
        await random.pick(handlers)({ data: { events }, input: null }, testContext())
        return
      } catch {
        again += 1
        await sleep(5)
      }
    }
  }
  const round = async (): Promise<void> => {
    const events = someEvents({
      ...{ chance: random, count: OF_A_ROUND, people: 200, botIds: [7, 8] },
      ...{ fromMs: Date.UTC(2026, 9, 1) + told.length * 3_600_000, days: 2 },
    })
    told.push(...events)
    // Some come twice, as from a job whose end was not heard.
    const list = random.shuffled([...events, ...events.filter(() => random.chance(0.2))])
    const jobs: AnalyticsEvent[][] = []
    while (list.length > 0) jobs.push(list.splice(0, random.between(50, 300)))
    await Promise.all(jobs.map(persistently))
  }

  const hit = { cut: 0, crash: 0 }
  while (hit.cut < CUTS || hit.crash < CRASHES) {
    let isOver = false
    const written = round().finally(() => {
      isOver = true
    })
    // One crash, or some cuts, and then peace: else nothing would ever be written.
    const isCrash = hit.crash < CRASHES && hit.cut >= (hit.crash * CUTS) / CRASHES
    for (let hits = 0; !isOver && hits < (isCrash ? 1 : 3); await sleep(random.between(0, 8))) {
      const one = isCrash ? await crash() : await cut()
      hits += one
      hit[isCrash ? 'crash' : 'cut'] += one
    }
    await written
  }
  expect(again).toBeGreaterThanOrEqual(CUTS + CRASHES)
  const nameOf = (botId: number) => String(botId)
  const expected = naiveStore(told, { nameOf, timeZone: TIME_ZONE, variants: [] })
  const found = await readStore(knife)
  // Not as it is: tens of thousands of lines say less than the table's name.
  for (const [table, rows] of Object.entries(expected)) {
    expect(found[table]?.length, table).toBe(rows.length)
    expect(found[table]?.filter((row, n) => row !== rows[n]).slice(0, 3), table).toEqual([])
  }
})
