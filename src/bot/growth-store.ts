import type { Ads } from '../../queues/people/ads.ts'
import type { Referrals } from '../../queues/people/referrals.ts'
import type { Surveys } from '../../queues/people/survey.ts'
import { reach } from './store-away.ts'

export type GrowthStore = ReturnType<typeof createGrowthStore>

/** Who brings whom, ads and the survey, as the bot needs them. Redis only; every failure is a StoreAway. */
export function createGrowthStore({
  referrals,
  ads,
  surveys,
}: {
  referrals: Referrals
  ads: Ads
  surveys: Surveys
}) {
  const away =
    <A extends unknown[], R>(ask: (...args: A) => Promise<R>) =>
    (...args: A): Promise<R> =>
      reach(ask(...args))
  return {
    start: away(referrals.start),
    referralCode: away(referrals.codeOf),
    referralStanding: away(referrals.standing),
    /** The ad under a ticket; null when there is none. */
    adOf: away(ads.of),
    answerSurvey: away(surveys.answer),
    endSurvey: away(surveys.end),
  }
}
