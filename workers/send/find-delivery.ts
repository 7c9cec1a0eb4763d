import { readFileSync } from 'node:fs'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { Cached } from '../../queues/cached.ts'
import { CLAIM_TERMS, type Claim, type DirectSends } from '../../queues/direct-sends.ts'
import type { Keys } from '../../queues/keys.ts'
import { SURVEY_RULES } from '../../queues/people/survey.ts'
import { Request } from '../../queues/request.ts'
import { CLAIM_FUNCTION, defineScript, HashFields } from '../../queues/scripts.ts'
import { SentFile } from '../../queues/sent-files.ts'
import type { Telegram } from '../../src/shared/telegram/create-telegram.ts'
import type { Slot } from '../../src/shared/telegram/gate.ts'
import { TAKE_FUNCTION } from '../../src/shared/telegram/gate-script.ts'

const FIND = readFileSync(new URL('find-delivery.lua', import.meta.url), 'utf8')

export interface FoundDelivery {
  request: Request | null
  /** What Telegram has of its media. */
  sentFile: SentFile | null
  /** Where the bytes are. Who finds the file at Telegram seldom asks. */
  cached: () => Cached | null
  /** Something follows the file: an ad, the survey, the word of a bonus (`aftercare`). */
  isFollowed: boolean
  /** Its ticket was claimed already; null when Telegram does not have the file, or nothing is to be sent. */
  claim: Claim | null
  /** What the gate has answered already, for the call that the claim allows. */
  slot: Slot | null
}

interface FindDeps {
  redis: Redis
  keys: Keys
  directSends: DirectSends
  telegram: Pick<Telegram, 'slotTerms'>
  /** People are asked what they think of us. */
  hasSurvey: boolean
}

const SlotAnswer = z.union([z.tuple([z.number(), z.number()]), z.tuple([])])
const Found = z.tuple([
  HashFields,
  z.string(),
  HashFields,
  z.enum(['0', '1']),
  z.array(z.string()),
  SlotAnswer,
])

/** What a delivery must know before it begins, its ticket, and its slot at the gate, in one round trip. */
export function createFindDelivery({ redis, keys, directSends, telegram, hasSurvey }: FindDeps) {
  const find = defineScript(redis, 'findDelivery', CLAIM_FUNCTION + TAKE_FUNCTION + FIND)
  const { gapMs, afterFiles } = SURVEY_RULES

  return async (ticket: string, round: number): Promise<FoundDelivery> => {
    const { gate, callId, patienceMs, askedAt } = telegram.slotTerms()
    const answer = await find(
      [keys.request(ticket)],
      [
        ...[keys.prefix, keys.files, keys.shared(''), hasSurvey ? afterFiles : 0, gapMs],
        ...[round, ...CLAIM_TERMS, gate, callId, patienceMs],
      ],
    )
    const answeredAt = performance.now()
    const [fields, file, shared, isFollowed, claimed, verdict] = Found.parse(answer)
    const request = fields.ticket ? Request.parse(fields) : null
    return {
      request,
      sentFile: file === '' ? null : SentFile.parse(JSON.parse(file)),
      cached: () => Cached.safeParse(shared).data ?? null,
      isFollowed: isFollowed === '1',
      claim: request && claimed.length > 0 ? directSends.claimedAs(request, claimed, askedAt) : null,
      slot: verdict.length === 2 ? { callId, askedAt, answeredAt, verdict } : null,
    }
  }
}
