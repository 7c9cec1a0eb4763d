import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { Keys } from '../../queues/keys.ts'
import type { Language } from '../../queues/request.ts'
import type { Pool } from '../../src/shared/db/pool.ts'
import type { Messages } from '../../src/shared/messages/messages.ts'
import type { FailPoint } from '../fail-point.ts'

const MINUTE_MS = 60_000
/** Whoever came longer ago is no news: a channel that was unreachable does not get a day of notes. */
const NEWS_MS = 60 * MINUTE_MS
/** More than so many are only counted. */
const MOST_IDS = 5

const NewPerson = z.object({ bot: z.string(), id: z.coerce.number(), came: z.coerce.number() })
type NewPerson = z.infer<typeof NewPerson>

interface NewPeopleDeps {
  redis: Redis
  keys: Keys
  db: Pool
  messages: Messages
  language: Language
  send: (text: string) => Promise<unknown>
}

/**
 * Tells the channel of people who were never here before: who is new since the last note, in one message, once a minute
 * at most. People are numbers there: their names are not kept.
 */
export function createNewPeople({ redis, keys, db, messages, language, send }: NewPeopleDeps) {
  const unsaid = async (nowMs: number): Promise<NewPerson[]> => {
    const { rows } = await db.query(
      `SELECT bot, user_id AS id, floor(extract(epoch FROM first_seen_at) * 1000) AS came FROM users
       WHERE first_seen_at > to_timestamp($1 / 1000.0) ORDER BY first_seen_at, user_id`,
      [nowMs - NEWS_MS],
    )
    const people = z.array(NewPerson).parse(rows)
    if (people.length === 0) return []
    const told = await redis.zmscore(keys.newPeopleTold, people.map(nameOf))
    return people.filter((_, at) => told[at] === null)
  }

  return async (nowMs: number, failPoint: FailPoint): Promise<string> => {
    const people = await unsaid(nowMs)
    if (people.length === 0) return 'nobody'
    // Whoever else looks in this minute leaves it to us; without a note, they come with the next one.
    const note = keys.newPeopleNote(Math.floor(nowMs / MINUTE_MS))
    if ((await redis.set(note, '1', 'PX', 2 * MINUTE_MS, 'NX')) !== 'OK') return 'said in this minute'
    try {
      await send(newPeopleText(messages, language, people))
    } catch (error) {
      // Who had to wait at the gate comes again in a moment.
      await redis.del(note)
      throw error
    }
    failPoint('sent')
    await redis
      .multi()
      .zadd(keys.newPeopleTold, ...people.flatMap((person) => [person.came, nameOf(person)]))
      .zremrangebyscore(keys.newPeopleTold, '-inf', nowMs - 2 * NEWS_MS)
      .exec()
    return `${people.length} new`
  }
}

const nameOf = ({ bot, id }: NewPerson): string => `${bot}/${id}`

/** One line for each bot; of a few people with their ids. */
export function newPeopleText(
  { text }: Messages,
  language: Language,
  people: readonly Pick<NewPerson, 'bot' | 'id'>[],
): string {
  return [...Map.groupBy(people, ({ bot }) => bot)]
    .map(([bot, group]) => {
      const [first] = group
      if (first && group.length === 1) return text(language, 'report-new-one', { bot, id: String(first.id) })
      const count = group.length
      if (count > MOST_IDS) return text(language, 'report-new-many', { bot, count })
      return text(language, 'report-new-few', {
        bot,
        count,
        ids: group.map(({ id }) => `ID ${id}`).join(', '),
      })
    })
    .join('\n')
}
