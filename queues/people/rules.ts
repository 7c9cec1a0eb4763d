import type { Person } from './people.ts'

/** Who may use the bot, and how much, as the configuration has it (section `people`). */
export interface PeopleRules {
  ACCESS: 'open' | 'allowlist' | 'invite'
  ALLOWED_USER_IDS: readonly number[]
  ADMIN_USER_IDS: readonly number[]
  FREE_DOWNLOADS: number
  ABOVE_FREE: 'nothing' | 'ad' | 'wait' | 'stop'
  ABOVE_FREE_WAIT_SECONDS: number
  LINKS_PER_MINUTE: number
  LINKS_PER_DAY: number
  REFERRAL_BONUS: number
  REFERRALS_PER_DAY: number
  REFERRAL_BONUS_HOURS: number
}

/** Why somebody may not use the bot; codes of `failure.ts`. */
export type NoAccess = 'blocked' | 'not_allowed' | 'not_invited'

export const isAdmin = ({ ADMIN_USER_IDS }: Pick<PeopleRules, 'ADMIN_USER_IDS'>, userId: number): boolean =>
  ADMIN_USER_IDS.includes(userId)

/** What the configuration alone says of a person: `not_invited` stands until somebody has invited them. */
export function closedTo(rules: PeopleRules, userId: number): Exclude<NoAccess, 'blocked'> | null {
  const isOpen = rules.ACCESS === 'open' || rules.ALLOWED_USER_IDS.includes(userId) || isAdmin(rules, userId)
  if (isOpen) return null
  return rules.ACCESS === 'invite' ? 'not_invited' : 'not_allowed'
}

/** Whether a person may use the bot: null, or why not. The scripts of links decide the same. */
export function noAccess(
  rules: PeopleRules,
  userId: number,
  person: Pick<Person, 'isBlocked' | 'invited'>,
): NoAccess | null {
  if (person.isBlocked) return 'blocked'
  const closed = closedTo(rules, userId)
  return closed === 'not_invited' && person.invited ? null : closed
}
