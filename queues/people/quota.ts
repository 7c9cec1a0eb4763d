import type { Quota } from '../cost.ts'
import type { Door } from '../door.ts'
import type { Asker } from '../request.ts'
import type { Experiments } from './experiments.ts'
import type { Person } from './people.ts'
import { closedTo, isAdmin, type PeopleRules } from './rules.ts'

/** Who is let in with a link, and how fast. `most`: requests of one person that are not over. */
export function doorFor(rules: PeopleRules, { userId }: Pick<Asker, 'userId'>, most: number): Door {
  const hasRates = !isAdmin(rules, userId)
  return {
    most,
    closed: closedTo(rules, userId) ?? '',
    linksPerMinute: hasRates ? rules.LINKS_PER_MINUTE : 0,
    linksPerDay: hasRates ? rules.LINKS_PER_DAY : 0,
  }
}

/** How much is free for a person, as the script that counts wants it; `testName`: the experiment that runs on it. */
export async function quotaFor(
  rules: PeopleRules,
  experiments: Pick<Experiments, 'freeDownloads'>,
  { botId, userId }: Pick<Asker, 'botId' | 'userId'>,
): Promise<{ quota: Quota; testName: string }> {
  const { test, argument } = await experiments.freeDownloads(botId, userId)
  return {
    quota: {
      free: rules.FREE_DOWNLOADS,
      test: argument,
      above: isAdmin(rules, userId) ? '' : rules.ABOVE_FREE,
      waitMs: rules.ABOVE_FREE_WAIT_SECONDS * 1000,
    },
    testName: test,
  }
}

/** How many files are free for a person in all; 0: no limit. `charge.lua` counts the same. */
export function allowedFor(
  { isPaid, freeLimit, bonus }: Pick<Person, 'isPaid' | 'freeLimit' | 'bonus'>,
  free: number,
): number {
  const own = freeLimit ?? free
  return isPaid || own === 0 ? 0 : own + bonus
}
