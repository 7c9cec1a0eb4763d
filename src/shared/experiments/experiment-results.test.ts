import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDatabase } from '../../playground/testing/services.ts'
import { migrate } from '../db/migrate.ts'
import { createPool, type Pool } from '../db/pool.ts'
import { ExperimentResults, experimentResults } from './experiment-results.ts'

const DAY_MS = 24 * 3600_000
const startMs = Date.parse('2026-05-01T00:00:00Z')
const at = (day: number) => new Date(startMs + day * DAY_MS)

let db: Pool
beforeAll(async () => {
  const { url } = await testDatabase()
  await migrate(url)
  db = createPool(url)
})
afterAll(() => db?.end())

async function addTest(
  name: string,
  endDay: number | null = null,
): Promise<{ id: number; variants: number[] }> {
  const { rows } = await db.query(
    `INSERT INTO ab_tests (name, subject, goal, planned_size, is_active, start_date, end_date)
     VALUES ($1, 'free_downloads', 'user_referred', 4, $3, $2, $4) RETURNING id`,
    [name, at(0), endDay === null, endDay === null ? null : at(endDay)],
  )
  const id = Number(rows[0].id)
  const added = await db.query(
    `INSERT INTO ab_test_variants (test_id, variant_name, variant_config, traffic_percentage)
     VALUES ($1, 'ten', '{"free":10}', 50), ($1, 'fifteen', '{"free":15}', 50) RETURNING id`,
    [id],
  )
  return { id, variants: added.rows.map((row) => Number(row.id)) }
}
const expose = (testId: number, userId: number, variantId: number | undefined, day: number, bot = 'a') =>
  db.query(
    'INSERT INTO ab_test_assignments (bot, user_id, test_id, variant_id, assigned_at) VALUES ($1,$2,$3,$4,$5)',
    [...[bot, userId, testId, variantId, at(day)]],
  )
const happen = (userId: number, day: number, name = 'user_referred', bot = 'a') =>
  db.query('INSERT INTO events (name, at, bot, user_id) VALUES ($1, $2, $3, $4)', [
    name,
    at(day),
    bot,
    userId,
  ])

test('people count once, from their first exposure; goals count after it; who met two variants is left out', async () => {
  const { id, variants } = await addTest('counts')
  const [ten, fifteen] = variants
  await expose(id, 1, ten, 1)
  await happen(1, 2)
  await happen(1, 3)
  // Before the exposure, another event, and the same person of another bot.
  await expose(id, 2, ten, 5)
  await happen(2, 4)
  await happen(2, 6, 'download_completed')
  await happen(2, 6, 'user_referred', 'b')
  await expose(id, 2, fifteen, 5, 'b')
  await expose(id, 3, fifteen, 5)
  // Has met both.
  await expose(id, 4, ten, 1)
  await expose(id, 4, fifteen, 2)
  await happen(4, 3)

  const results = ExperimentResults.parse(await experimentResults(db, id))
  expect(results).toMatchObject({
    ...{
      name: 'counts',
      goal: 'user_referred',
      isActive: true,
      endedAt: null,
      startedAt: at(0).toISOString(),
    },
    ...{ participants: 4, inSeveralVariants: 1, isComplete: true, sampleRatio: null },
  })
  expect(
    results.variants.map(({ variant, participants, conversions, rate }) => [
      variant,
      participants,
      conversions,
      rate,
    ]),
  ).toEqual([
    ['ten', 2, 1, 0.5],
    ['fifteen', 2, 1, 0.5],
  ])
})

test('what happens after the end does not count', async () => {
  const { id, variants } = await addTest('ended', 10)
  await expose(id, 101, variants[0], 1)
  await expose(id, 102, variants[0], 1)
  await happen(101, 9)
  await happen(102, 11)
  const results = await experimentResults(db, id)
  expect(results).toMatchObject({ isActive: false, endedAt: at(10).toISOString() })
  expect(results?.variants[0]).toMatchObject({ participants: 2, conversions: 1 })
})

test('a test that nobody has met, and one that there is not', async () => {
  const { id } = await addTest('new')
  const results = ExperimentResults.parse(await experimentResults(db, id))
  expect(results).toMatchObject({ participants: 0, inSeveralVariants: 0, isComplete: false })
  expect(results.variants.map(({ rate, verdict }) => [rate, verdict])).toEqual([
    [null, null],
    [null, 'no_people'],
  ])
  expect(await experimentResults(db, 999_999)).toBeNull()
})
