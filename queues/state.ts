import type { Redis } from 'ioredis'
import { createDeadLetters } from './dead-letters.ts'
import { createDirectSends } from './direct-sends.ts'
import { createEvents } from './events.ts'
import { createFactsStore } from './facts.ts'
import { createFairness } from './fairness.ts'
import { createJoins } from './join.ts'
import { keysFor } from './keys.ts'
import { createLeftovers } from './leftovers.ts'
import { createMends } from './mends.ts'
import { createNotifier } from './notifier.ts'
import { createAds } from './people/ads.ts'
import { createExperiments } from './people/experiments.ts'
import { createPeople } from './people/people.ts'
import { createReferrals } from './people/referrals.ts'
import { createSurveys } from './people/survey.ts'
import { createPreferences } from './preferences.ts'
import { createQueues } from './queues.ts'
import { createRequestStore } from './requests.ts'
import { createScripts } from './scripts.ts'
import { createSentFiles } from './sent-files.ts'
import { createStageSeconds } from './stage-seconds.ts'

export type State = ReturnType<typeof createState>

/** Everything that Redis knows, behind one connection: what the stages share, and how they add work. */
export function createState(redis: Redis, prefix: string) {
  const keys = keysFor(prefix)
  const scripts = createScripts(redis)
  const queues = createQueues(redis, prefix)
  const events = createEvents(redis, queues, keys)
  return {
    redis,
    keys,
    scripts,
    queues,
    events,
    experiments: createExperiments(redis, scripts, events, keys),
    referrals: createReferrals(redis, scripts, keys),
    ads: createAds(redis, scripts, keys),
    surveys: createSurveys(redis, scripts, keys),
    people: createPeople(redis, scripts, keys),
    requests: createRequestStore(redis, scripts, keys),
    directSends: createDirectSends(redis, scripts, keys),
    joins: createJoins(redis, scripts, keys),
    facts: createFactsStore(redis, scripts, keys),
    preferences: createPreferences(redis, keys),
    fairness: createFairness(redis, scripts, keys),
    sentFiles: createSentFiles(redis, scripts, keys),
    stageSeconds: createStageSeconds(redis, keys),
    leftovers: createLeftovers(redis, scripts, keys),
    mends: createMends(redis, keys),
    deadLetters: createDeadLetters(redis, scripts, keys),
    notifier: createNotifier(redis, scripts, queues, keys),
  }
}
