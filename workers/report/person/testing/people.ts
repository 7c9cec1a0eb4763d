import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { cachedFields } from '../../../../queues/cached.ts'
import { linkHash } from '../../../../queues/media.ts'
import { SAMPLE_FILE } from '../../../../queues/testing/samples.ts'
import { ObjectMissing } from '../../../../src/shared/storage/storage-error.ts'
import {
  BOT,
  BOT_NAME,
  download,
  link,
  type reportUnderTest,
  start,
} from '../../testing/report-under-test.ts'

export const NOW = '2026-11-20T12:00:00Z'
/** People with all that is ever kept of one, media in the cache, and a look for what is left of somebody. */
export async function createPeople(stage: Awaited<ReturnType<typeof reportUnderTest>>) {
  const { state, redis, db, world, storage, happened } = stage
  const { keys, requests, facts, joins, sentFiles } = state
  await storage.ensureBucket()
  await writeFile(join(stage.dir, 'file'), 'bytes')

  let unique = 0

  /** A person with a request for each link, a row for each medium, and all the keys that there are. */
  async function somebody(links: Record<string, string>) {
    const user = world.addUser({ firstName: 'Ann', languageCode: 'en' })
    world.openPrivateChat(user)
    const userId = user.id
    for (const [url, mediaKey] of Object.entries(links)) {
      const asker = {
        botId: BOT,
        chatId: userId,
        chatType: 'private',
        threadId: null,
        userId,
        language: 'en',
      } as const
      const asked = { ...asker, messageId: 1 }
      const ticket = await requests.create(asked, `u${unique++}`, linkHash(url), Date.parse(NOW))
      await facts.saveLink(linkHash(url), url)
      await redis.hset(keys.request(ticket), { state: 'delivered', mediaKey })
      await redis.srem(keys.active(BOT, userId), ticket)
      await redis.zrem(keys.owed, ticket)
      await happened(start(userId, NOW), link(userId, NOW), download(userId, NOW, mediaKey))
    }
    await redis.hset(keys.person(BOT, userId), {
      firstSeenMs: Date.parse(NOW),
      used: 3,
      code: `code${userId}`,
      language: 'en',
    })
    await redis.set(keys.referralCode(BOT, `code${userId}`), `${BOT}.${userId}`)
    await redis.set(keys.downloadsTotal(userId), 3)
    await redis.set(keys.downloadsOfDay(userId, '20261120'), 3)
    await state.preferences.set(BOT, userId, 'v720')
    await redis.zadd(keys.newPeopleTold, Date.parse(NOW), `${BOT_NAME}/${userId}`)
    const order = {
      origin: `p${unique++}`,
      botId: BOT,
      userId,
      chatId: userId,
      threadId: null,
      language: 'en',
    } as const
    return { userId, order }
  }

  /** A medium in the cache, with a file at Telegram. */
  async function cached(mediaKey: string) {
    const ticket = await freshTicket()
    const joined = await joins.joinProduction({ ticket, botId: BOT }, mediaKey, 1)
    if (joined.how !== 'waiting') throw new Error(joined.how)
    const object = await storage.put(`cache/${mediaKey}`, join(stage.dir, 'file'), {
      contentType: 'video/mp4',
    })
    const fields = cachedFields({
      file: SAMPLE_FILE,
      media: object,
      thumbnail: null,
      artifact: null,
      artifactThumbnail: null,
    })
    await joins.finish(mediaKey, joined.generation, { fields, ttlMs: 0, from: 'producing', to: 'delivering' })
    await redis.del(keys.request(ticket))
    await sentFiles.save(BOT, mediaKey, { fileId: 'f', kind: 'video', file: SAMPLE_FILE })
    return async () => {
      const there = await storage.head(object.key).then(
        () => true,
        (error: unknown) => !(error instanceof ObjectMissing),
      )
      return {
        object: there,
        record: (await joins.shared(mediaKey)).state ?? null,
        file: (await sentFiles.get(BOT, mediaKey)) !== null,
      }
    }
  }
  /** Of somebody else, who is no part of it. */
  const freshTicket = () =>
    requests.create(
      { botId: 1, chatId: 1, chatType: 'private', threadId: null, userId: 1, language: 'en', messageId: 1 },
      `x${unique++}`,
      'none',
      1,
    )

  /** Whatever in Redis or in any table bears the person's id, beside the order itself and Telegram's gate. */
  async function tracesOf(userId: number): Promise<string[]> {
    const found: string[] = []
    for (const key of await redis.keys(`${keys.prefix}:*`)) {
      if (/:(gate|report|analytics):|:reported:/.test(key)) continue
      const type = await redis.type(key)
      const value =
        type === 'string'
          ? await redis.get(key)
          : type === 'hash'
            ? Object.entries(await redis.hgetall(key))
            : type === 'set'
              ? await redis.smembers(key)
              : type === 'zset'
                ? await redis.zrange(key, 0, -1)
                : ''
      if (`${key} ${value}`.includes(String(userId))) found.push(key)
    }
    const { rows } = await db.query(
      `SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) AS name FROM information_schema.tables
       WHERE table_schema IN ('public', 'shared') AND table_type = 'BASE TABLE'`,
    )
    for (const { name } of z.array(z.object({ name: z.string() })).parse(rows)) {
      const { rowCount } = await db.query(`SELECT FROM ${name} AS t WHERE t::text LIKE $1`, [`%${userId}%`])
      if (rowCount !== 0) found.push(name)
    }
    return found
  }

  return { somebody, cached, freshTicket, tracesOf }
}
