import { z } from 'zod'
import { Cached } from './cached.ts'
import type { Keys } from './keys.ts'
import { SURVEY_RULES } from './people/survey.ts'
import { Request } from './request.ts'
import type { Scripts } from './scripts.ts'
import { SentFile } from './sent-files.ts'

export interface Delivery {
  request: Request | null
  /** What Telegram has of its media. */
  sentFile: SentFile | null
  /** Where the bytes are. */
  cached: Cached | null
  /** Something follows the file: an ad, the survey, the word of a bonus (`aftercare`). */
  isFollowed: boolean
}

const fields = z.array(z.string()).transform((flat) => {
  const pairs = flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? '']] : []))
  return z.record(z.string(), z.string()).parse(Object.fromEntries(pairs))
})
const Found = z.tuple([fields, z.string(), fields, z.enum(['0', '1'])])

export type Deliveries = ReturnType<typeof createDeliveries>

/** What a delivery must know before it begins, in one round trip. */
export function createDeliveries(scripts: Scripts, keys: Keys) {
  return {
    /** @param hasSurvey whether people are asked what they think of us at all */
    async find(ticket: string, hasSurvey = false): Promise<Delivery> {
      const { gapMs, afterFiles } = SURVEY_RULES
      const [request, file, shared, isFollowed] = Found.parse(
        await scripts.delivery(
          [keys.request(ticket)],
          [keys.prefix, keys.files, keys.shared(''), hasSurvey ? afterFiles : 0, gapMs],
        ),
      )
      return {
        request: request.ticket ? Request.parse(request) : null,
        sentFile: file === '' ? null : SentFile.parse(JSON.parse(file)),
        cached: Cached.safeParse(shared).data ?? null,
        isFollowed: isFollowed === '1',
      }
    },
  }
}
