import { z } from 'zod'
import { Cached } from '../../../queues/cached.ts'
import type { State } from '../../../queues/state.ts'
import type { Pool } from '../../../src/shared/db/pool.ts'
import type { Storage } from '../../../src/shared/storage/storage.ts'

const MediaKey = z.object({ media_key: z.string() })

/** Files that this person had, and of `others`, those that somebody else had as well. */
const OWN = `
  SELECT DISTINCT media_key FROM downloads WHERE user_id = $2 AND bot = $1`
const OTHERS = `
  SELECT DISTINCT d.media_key FROM unnest($3::text[]) AS k(media_key), downloads AS d
  WHERE d.video_id = regexp_replace(k.media_key, '(\\.[^.]*){3}$', '') AND d.media_key = k.media_key
    AND (d.user_id <> $2 OR d.bot <> $1)`

export async function downloadedMedia(db: Pool, bot: string, userId: number): Promise<string[]> {
  const { rows } = await db.query(OWN, [bot, userId])
  return rows.map((row) => MediaKey.parse(row).media_key)
}

/** Of some media, those that somebody else has had. */
export async function hadByOthers(
  db: Pool,
  bot: string,
  userId: number,
  mediaKeys: readonly string[],
): Promise<Set<string>> {
  const { rows } = await db.query(OTHERS, [bot, userId, mediaKeys])
  return new Set(rows.map((row) => MediaKey.parse(row).media_key))
}

type CacheDeps = Pick<State, 'redis' | 'keys' | 'joins' | 'sentFiles'> & { storage: Pick<Storage, 'remove'> }

/**
 * Takes media out of the cache: first the record, so that nobody is sent there any more, then the objects. Who reads
 * them at this moment has a miss, and gets the file made anew. What somebody is at is left alone.
 * @returns how many
 */
export async function dropFromCache(
  { redis, keys, joins, sentFiles, storage }: CacheDeps,
  mediaKeys: readonly string[],
): Promise<number> {
  const botIds = Object.keys(await redis.hgetall(keys.botNames)).map(Number)
  let dropped = 0
  for (const mediaKey of mediaKeys) {
    const shared = await joins.shared(mediaKey)
    if (shared.state !== undefined && shared.state !== 'cached') continue
    for (const botId of botIds) await sentFiles.forget(botId, mediaKey)
    const cached = Cached.safeParse(shared).data
    if (!cached) continue
    await joins.forget(mediaKey, cached.generation)
    await storage.remove([cached.media, cached.thumbnail].flatMap((object) => (object ? [object.key] : [])))
    dropped += 1
  }
  return dropped
}
