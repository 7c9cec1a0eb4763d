import type { State } from '../../queues/state.ts'
import type { Pool } from '../../src/shared/db/pool.ts'

export interface SurveysDeps extends Pick<State, 'redis' | 'keys' | 'surveys' | 'events'> {
  db: Pool
}

/** So many a round; the rest comes with the next one. */
const MOST = 500

const INSERT = `
  INSERT INTO survey_answers (bot, user_id, asked_at, pmf, useful_for, words)
  SELECT bot, user_id, to_timestamp(asked_at_ms / 1000.0), pmf, useful_for, words
  FROM json_to_recordset($1::json)
    AS given(bot text, user_id bigint, asked_at_ms bigint, pmf text, useful_for text, words text)
  ON CONFLICT DO NOTHING`

/**
 * Ends surveys that nobody answers any more, and puts what was answered into PostgreSQL. Redis forgets it when that is
 * committed; done twice, it is the same row.
 * @returns how many were put there
 */
export async function keepSurveys({ redis, keys, surveys, events, db }: SurveysDeps): Promise<number> {
  const ended: { botId: number; userId: number; askedAtMs: number; row: object }[] = []
  for (const { botId, userId } of await surveys.due(MOST)) {
    const completed = await surveys.end(botId, userId, { how: 'late', by: 'late' })
    if (completed) await events.publishNow(completed)
    const survey = await surveys.ended(botId, userId)
    if (!survey) {
      // Asked in vain, or forgotten.
      await surveys.forget(botId, userId, null)
      continue
    }
    const { askedAtMs, pmf, usefulFor, words } = survey
    const bot = (await redis.hget(keys.botNames, `${botId}`)) ?? `${botId}`
    const row = { bot, user_id: userId, asked_at_ms: askedAtMs, pmf, useful_for: usefulFor, words }
    ended.push({ botId, userId, askedAtMs, row })
  }
  if (ended.length === 0) return 0
  await db.query(INSERT, [JSON.stringify(ended.map(({ row }) => row))])
  for (const { botId, userId, askedAtMs } of ended) await surveys.forget(botId, userId, askedAtMs)
  return ended.length
}
