import { z } from 'zod'
import type { Pool } from '../db/pool.ts'
import { judge, SampleRatioResult, VariantResult } from './judge.ts'

const count = z.int().nonnegative()

/** What an experiment has shown so far. */
export const ExperimentResults = z.object({
  id: z.int(),
  name: z.string(),
  subject: z.string(),
  goal: z.string().describe('The event that counts as success, when it comes after the first exposure'),
  isActive: z.boolean(),
  startedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  plannedSize: count,
  participants: count,
  inSeveralVariants: count.describe('People who have met more than one variant: they are left out'),
  isComplete: z.boolean().describe('The planned size is reached'),
  sampleRatio: SampleRatioResult,
  variants: z.array(VariantResult),
})
export type ExperimentResults = z.infer<typeof ExperimentResults>

const at = z.date().transform((date) => date.toISOString())
const bigint = z.coerce.number().pipe(z.int())
const Test = z.object({
  id: bigint,
  name: z.string(),
  subject: z.string(),
  goal: z.string(),
  planned_size: z.int(),
  is_active: z.boolean(),
  start_date: at.nullable(),
  end_date: at.nullable(),
  first_at: z.date().nullable(),
  several: bigint,
})
const Counts = z.object({
  variant_name: z.string(),
  share: z.coerce.number(),
  participants: bigint,
  conversions: bigint,
})

const TEST = `
  SELECT t.*, s.first_at, s.several FROM ab_tests t CROSS JOIN (
    SELECT min(first_at) AS first_at, count(*) FILTER (WHERE variants > 1) AS several FROM (
      SELECT min(assigned_at) AS first_at, count(*) AS variants
      FROM ab_test_assignments WHERE test_id = $1 GROUP BY bot, user_id
    ) people
  ) s
  WHERE t.id = $1`

/**
 * The first exposure of each person, and whether the goal came after it. Who has met several variants is taken out of the
 * counts, and not of the people: the planner would take those that are left for a few hundred and look each of them up.
 */
const COUNTS = `
  WITH people AS (
    SELECT bot, user_id, min(variant_id) AS variant_id, min(assigned_at) AS first_at, count(*) = 1 AS is_counted
    FROM ab_test_assignments WHERE test_id = $1 GROUP BY bot, user_id
  ), converted AS (
    SELECT variant_id, count(*) FILTER (WHERE is_counted) AS conversions FROM people p
    WHERE EXISTS (
      SELECT FROM events e
      WHERE e.name = $2 AND e.at >= $3 AND e.at <= $4 AND e.bot = p.bot AND e.user_id = p.user_id AND e.at >= p.first_at
    ) GROUP BY variant_id
  ), met AS (
    SELECT variant_id, count(*) FILTER (WHERE is_counted) AS participants FROM people GROUP BY variant_id
  )
  SELECT v.variant_name, v.traffic_percentage AS share,
    coalesce(m.participants, 0) AS participants, coalesce(c.conversions, 0) AS conversions
  FROM ab_test_variants v LEFT JOIN met m ON m.variant_id = v.id LEFT JOIN converted c ON c.variant_id = v.id
  WHERE v.test_id = $1 ORDER BY v.id`

/**
 * People count by their first exposure; who has met two variants is left out, and counted. A goal counts when it comes
 * after the exposure and before the end. Null when there is no such test.
 */
export async function experimentResults(db: Pool, testId: number): Promise<ExperimentResults | null> {
  const [row] = (await db.query(TEST, [testId])).rows
  if (!row) return null
  const test = Test.parse(row)
  // Both ends stand in the query as constants, so that only the months in between are looked at.
  const period = [test.first_at ?? test.start_date ?? new Date(), test.end_date ?? new Date()]
  const counted = await db.query(COUNTS, [testId, test.goal, ...period])
  const variants = z
    .array(Counts)
    .parse(counted.rows)
    .map(({ variant_name, ...counts }) => ({ variant: variant_name, ...counts }))
  return {
    id: test.id,
    name: test.name,
    subject: test.subject,
    goal: test.goal,
    isActive: test.is_active,
    startedAt: test.start_date,
    endedAt: test.end_date,
    plannedSize: test.planned_size,
    participants: variants.reduce((total, { participants }) => total + participants, 0),
    inSeveralVariants: test.several,
    ...judge(variants, test.planned_size, test.is_active),
  }
}
