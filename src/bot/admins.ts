import type { Context } from 'grammy'
import { isAdmin, type PeopleRules } from '../../queues/people/rules.ts'
import type { Asker } from '../../queues/request.ts'
import { askerOf } from './person.ts'

/**
 * The admin who says this themselves; null for anybody else, and for words that somebody else may have written: posts of
 * a chat or an anonymous admin, and what is forwarded.
 */
export function adminOf(
  botId: number,
  ctx: Context,
  people: Pick<PeopleRules, 'ADMIN_USER_IDS'>,
): Asker | null {
  const asker = askerOf(botId, ctx)
  if (!asker || !isAdmin(people, asker.userId) || ctx.message?.forward_origin) return null
  return asker
}
