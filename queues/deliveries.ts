import { z } from 'zod'
import type { Slot, SlotTerms } from '../src/shared/telegram/gate.ts'
import { Cached } from './cached.ts'
import { CLAIM_TERMS, type Claim, type DirectSends } from './direct-sends.ts'
import type { Keys } from './keys.ts'
import { SURVEY_RULES } from './people/survey.ts'
import { Request } from './request.ts'
import { HashFields, type Scripts } from './scripts.ts'
import { SentFile } from './sent-files.ts'

export interface Delivery {
  request: Request | null
  /** What Telegram has of its media. */
  sentFile: SentFile | null
  /** Where the bytes are. Who finds the file at Telegram seldom asks. */
  cached: () => Cached | null
  /** Something follows the file: an ad, the survey, the word of a bonus (`aftercare`). */
  isFollowed: boolean
  /** Its ticket was claimed already; null when Telegram does not have the file, or nothing is to be sent. */
  claim: Claim | null
  /** Taken already, for the call that the claim allows. */
  slot: Slot | null
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

export type Deliveries = ReturnType<typeof createDeliveries>

/** What a delivery must know before it begins, its ticket and its slot at the gate, in one round trip. */
export function createDeliveries(scripts: Scripts, keys: Keys, directSends: DirectSends) {
  return {
    /**
     * @param slotTerms of the bot's gate (`telegram.slotTerms`)
     * @param hasSurvey whether people are asked what they think of us at all
     */
    async find(ticket: string, round: number, slotTerms: SlotTerms, hasSurvey = false): Promise<Delivery> {
      const { gapMs, afterFiles } = SURVEY_RULES
      const [found, file, shared, isFollowed, claimed, verdict] = Found.parse(
        await scripts.delivery(
          [keys.request(ticket)],
          [
            ...[keys.prefix, keys.files, keys.shared(''), hasSurvey ? afterFiles : 0, gapMs],
            ...[round, ...CLAIM_TERMS, slotTerms.gate, slotTerms.callId, slotTerms.patienceMs],
          ],
        ),
      )
      const request = found.ticket ? Request.parse(found) : null
      return {
        request,
        sentFile: file === '' ? null : SentFile.parse(JSON.parse(file)),
        cached: () => Cached.safeParse(shared).data ?? null,
        isFollowed: isFollowed === '1',
        claim: request && claimed.length > 0 ? directSends.claimedAs(request, claimed) : null,
        slot: verdict.length === 2 ? { ...slotTerms, verdict } : null,
      }
    },
  }
}
