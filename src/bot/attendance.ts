import type { Context } from 'grammy'
import type { Seen } from '../../queues/people/people.ts'
import { sessionStart } from '../../queues/people/sessions.ts'
import type { BotDeps } from './bot-deps.ts'
import { languageCodeIn, originOf } from './person.ts'

/**
 * Notes that a person does something: by a message at its time, by a press now. A link is not noted here but by `intake`,
 * so that its update takes no longer.
 */
export async function attend(
  { botId, store }: Pick<BotDeps, 'botId' | 'store'>,
  ctx: Context,
  userId: number,
): Promise<Seen> {
  const who = { botId, userId }
  const language = languageCodeIn(ctx)
  // A press comes with the message that it stands under, which may be old.
  const sentAtMs = ctx.callbackQuery ? null : (ctx.message?.date ?? null)
  const atMs = sentAtMs === null ? null : sentAtMs * 1000
  const seen = await store.seen(who, { origin: originOf(botId, ctx), atMs, language })
  const session = sessionStart({ ...who, language }, seen)
  if (session) await store.event(session)
  return seen
}
