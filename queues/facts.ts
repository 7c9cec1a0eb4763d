import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { Keys } from './keys.ts'
import { MediaFacts } from './media.ts'
import type { Scripts } from './scripts.ts'

/** A link is kept as long as anybody may press a button about it. */
const LINK_TTL_S = 7 * 24 * 3600
/** Choices and titles change seldom. */
const FACTS_TTL_S = 6 * 3600
/** Media addresses at a site expire, many within hours: after this, fetch asks the site again. */
const INFO_TTL_S = 20 * 60
/** A record larger than this is not kept: asking again costs less than the memory. */
const INFO_MAX_BYTES = 1024 * 1024

const compress = promisify(gzip)
const decompress = promisify(gunzip)

export type FactsStore = ReturnType<typeof createFactsStore>

/** What is known about links: written by inspect, read by whoever comes after. */
export function createFactsStore(redis: Redis, scripts: Scripts, keys: Keys) {
  return {
    async saveLink(linkHash: string, link: string): Promise<void> {
      await redis.set(keys.link(linkHash), link, 'EX', LINK_TTL_S)
    },

    /** Null when the link is older than a week. */
    link: (linkHash: string): Promise<string | null> => redis.get(keys.link(linkHash)),

    async save(linkHash: string, facts: MediaFacts): Promise<void> {
      await redis
        .multi()
        .set(keys.mediaIdOfLink(linkHash), facts.mediaId, 'EX', FACTS_TTL_S)
        .set(keys.facts(facts.mediaId), JSON.stringify(facts), 'EX', FACTS_TTL_S)
        .exec()
    },

    /** Facts by media id; null when they are not known, or no longer fresh. */
    async get(mediaId: string): Promise<MediaFacts | null> {
      const stored = await redis.get(keys.facts(mediaId))
      return stored ? MediaFacts.parse(JSON.parse(stored)) : null
    },

    /** Facts by link; null when nobody has inspected it lately. */
    async ofLink(linkHash: string): Promise<MediaFacts | null> {
      const stored = await scripts.factsOfLink([keys.mediaIdOfLink(linkHash)], [keys.facts('')])
      return stored === null ? null : MediaFacts.parse(JSON.parse(z.string().parse(stored)))
    },

    /** Keeps the extractor's own record (JSON text) for a fetch that follows soon. */
    async saveInfo(mediaId: string, infoJson: string): Promise<void> {
      const packed = await compress(infoJson)
      if (packed.length <= INFO_MAX_BYTES) await redis.set(keys.info(mediaId), packed, 'EX', INFO_TTL_S)
    },

    async info(mediaId: string): Promise<string | null> {
      const packed = await redis.getBuffer(keys.info(mediaId))
      return packed ? String(await decompress(packed)) : null
    },

    async forgetInfo(mediaId: string): Promise<void> {
      await redis.del(keys.info(mediaId))
    },
  }
}
