import { z } from 'zod'
import { Pmf } from '../../queues/event.ts'
import type { Pool } from '../shared/db/pool.ts'
import { unlessDatabaseAway } from './database-error.ts'

/** A page can be read to its end. */
const MOST = 50

const SurveyWords = z.object({ day: z.iso.date(), pmf: Pmf, words: z.string() })
export type SurveyWords = z.infer<typeof SurveyWords>

/** What people wrote in the survey last, without their names. `timeZone`: of the days. */
export async function latestSurveyWords(reader: Pool, timeZone: string): Promise<SurveyWords[]> {
  const { rows } = await unlessDatabaseAway(
    reader.query(
      `SELECT (asked_at AT TIME ZONE $1)::date::text AS day, pmf, words FROM survey_answers
       WHERE words IS NOT NULL ORDER BY asked_at DESC LIMIT ${MOST}`,
      [timeZone],
    ),
  )
  return z.array(SurveyWords).parse(rows)
}
