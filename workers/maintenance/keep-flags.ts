import { z } from 'zod'
import type { State } from '../../queues/state.ts'
import type { Pool } from '../../src/shared/db/pool.ts'

export interface FlagsDeps extends Pick<State, 'redis' | 'keys' | 'people'> {
  db: Pool
}

/** So many a round; the rest comes with the next one. */
const MOST = 500

/** @returns the members of those who have a row */
const UPDATE = `
  UPDATE users AS u SET is_paid = given.is_paid, is_blocked = given.is_blocked
  FROM json_to_recordset($1::json) AS given(member text, bot text, user_id bigint, is_paid boolean, is_blocked boolean)
  WHERE u.bot = given.bot AND u.user_id = given.user_id
  RETURNING given.member`

const Who = z.templateLiteral([z.number().int(), '.', z.number().int()])

/**
 * Notes in PostgreSQL what admins have said of people, who pays and who is blocked; Redis has the truth. Done twice, it is
 * the same; a change that comes meanwhile is noted in the next round. Who has never been seen, or was forgotten, has no row:
 * they stay on the list until they come.
 * @returns of how many people
 */
export async function keepFlags({ redis, keys, people, db }: FlagsDeps): Promise<number> {
  const changed = await redis.zrange(keys.peopleChanged, 0, MOST - 1, 'WITHSCORES')
  const rows: { member: string; is_paid: boolean; is_blocked: boolean }[] = []
  const seen: { member: string; at: string }[] = []
  for (let i = 0; i < changed.length; i += 2) {
    const [member = '', at = ''] = changed.slice(i, i + 2)
    seen.push({ member, at })
    if (!Who.safeParse(member).success) continue
    const [botId = 0, userId = 0] = member.split('.').map(Number)
    const { isPaid, isBlocked } = await people.get(botId, userId)
    const bot = (await redis.hget(keys.botNames, `${botId}`)) ?? `${botId}`
    rows.push({ ...{ member, bot, user_id: userId }, is_paid: isPaid, is_blocked: isBlocked })
  }
  const updated =
    rows.length > 0 ? await db.query<{ member: string }>(UPDATE, [JSON.stringify(rows)]) : { rows: [] }
  const noted = new Set(updated.rows.map(({ member }) => member))
  const toCome = new Set(
    rows.flatMap(({ member, is_paid, is_blocked }) =>
      !noted.has(member) && (is_paid || is_blocked) ? [member] : [],
    ),
  )
  for (const { member, at } of seen) {
    if ((await redis.zscore(keys.peopleChanged, member)) !== at) continue
    // To the end of the list: they keep nobody waiting.
    if (toCome.has(member)) await redis.zadd(keys.peopleChanged, Date.now(), member)
    else await redis.zrem(keys.peopleChanged, member)
  }
  return noted.size
}
