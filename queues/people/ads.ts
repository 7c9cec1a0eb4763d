import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { Keys } from '../keys.ts'
import type { Request } from '../request.ts'
import type { Scripts } from '../scripts.ts'

/** One person sees one ad in this time at most: ten links of a message do not bring ten ads. */
const GAP_MS = 60_000

/** A campaign that runs. What is shown to people is checked here, whoever has written it. */
export const Ad = z.object({
  id: z.number().int(),
  message: z.string().trim().min(1).max(1000),
  buttonText: z.string().trim().min(1).max(64),
  buttonUrl: z.url({ protocol: /^https?$/ }).max(2000),
  /** Of all weights together, so often it is shown. 0: never. */
  weight: z.number().int().nonnegative(),
})
export type Ad = z.infer<typeof Ad>

/** The ad that was shown after a delivery, as its request keeps it. */
const ShownAd = z.object({
  botId: z.coerce.number(),
  chatId: z.coerce.number(),
  userId: z.coerce.number(),
  messageId: z.coerce.number(),
  campaignId: z.coerce.number(),
  round: z.coerce.number(),
  buttonText: Ad.shape.buttonText,
  buttonUrl: Ad.shape.buttonUrl,
})
export type ShownAd = z.infer<typeof ShownAd>

/** One of the ads, each as often as its weight says. Pure: `random` gives a number from 0 to less than 1. */
export function pickAd(ads: readonly Ad[], random: () => number): Ad | null {
  const sum = ads.reduce((total, { weight }) => total + weight, 0)
  let left = random() * sum
  for (const ad of ads) {
    if (left < ad.weight) return ad
    left -= ad.weight
  }
  // Rounding may leave a crumb; with no weight at all there is nothing to show.
  return ads.findLast(({ weight }) => weight > 0) ?? null
}

const Claim = z.enum(['claimed', 'shown', 'no'])

export type Ads = ReturnType<typeof createAds>

export function createAds(redis: Redis, scripts: Scripts, keys: Keys) {
  return {
    /** Those that run. A list that cannot be read means none, and one ad that cannot be is left out. */
    async running(): Promise<Ad[]> {
      try {
        const stored = z.array(z.unknown()).parse(JSON.parse((await redis.get(keys.ads)) ?? '[]'))
        return stored.flatMap((ad) => Ad.safeParse(ad).data ?? [])
      } catch (error) {
        if (error instanceof SyntaxError || error instanceof z.ZodError) return []
        throw error
      }
    },

    /**
     * Before an ad is sent after a delivery: whether it is to be. `claimed` comes once per round, `shown` when it was
     * sent before, `no` when nobody knows, and when the person has just seen another.
     */
    async claim({ ticket, round, botId, userId }: Request, ad: Ad): Promise<z.infer<typeof Claim>> {
      const fields = { adCampaign: ad.id, adText: ad.buttonText, adUrl: ad.buttonUrl }
      return Claim.parse(
        await scripts.adClaim(
          [keys.request(ticket), keys.person(botId, userId)],
          [round, GAP_MS, ...Object.entries(fields).flat()],
        ),
      )
    },

    /** It was certainly not sent: it may be tried again. */
    async release({ ticket, botId, userId }: Request): Promise<void> {
      await redis
        .multi()
        .hdel(keys.request(ticket), 'adRound')
        .hdel(keys.person(botId, userId), 'lastAdMs')
        .exec()
    },

    /** Telegram has it. */
    async shown({ ticket }: Request, messageId: number): Promise<void> {
      await redis.hset(keys.request(ticket), 'adMessageId', messageId)
    },

    /** The ad under a ticket; null when there is none. */
    async of(ticket: string): Promise<ShownAd | null> {
      const [botId, chatId, userId, messageId, campaignId, round, buttonText, buttonUrl] = await redis.hmget(
        keys.request(ticket),
        ...['botId', 'chatId', 'userId', 'adMessageId', 'adCampaign', 'adRound', 'adText', 'adUrl'],
      )
      if (!messageId || !round) return null
      const stored = { botId, chatId, userId, messageId, campaignId, round, buttonText, buttonUrl }
      return ShownAd.safeParse(stored).data ?? null
    },
  }
}
