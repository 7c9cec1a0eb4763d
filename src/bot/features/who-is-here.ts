import { Composer, type Context } from 'grammy'
import type { z } from 'zod'
import { eventId, type Feature } from '../../../queues/event.ts'
import { noAccess } from '../../../queues/people/rules.ts'
import { attend } from '../attendance.ts'
import type { BotDeps } from '../bot-deps.ts'
import { OPEN_COMMANDS } from '../commands.ts'
import { askerOf, languageIn } from '../person.ts'
import { pressOf } from './ticket-buttons.ts'

/** Those that have no feature of their own which says so. */
const COUNTED = new Map<string, z.infer<typeof Feature>>([
  ['help', 'help'],
  ['quality', 'quality'],
  ['cancel', 'cancel'],
  ['stats', 'stats'],
])

/** What everybody may ask for: what is kept of them. */
const FOR_ALL = 'privacy'
/** May bring the invitation that somebody needs; it decides itself. */
const FOR_INVITED = 'start'

/**
 * Stands before the commands: whoever says one is here, and is let in or told why not. In a group nobody is told: it would
 * be noise. The words of an admin's command pass as any words do.
 */
export function whoIsHere({ botId, store, messages, replies, people }: BotDeps) {
  const composer = new Composer()

  composer.on('message').command([...OPEN_COMMANDS], async (ctx, next) => {
    const asker = askerOf(botId, ctx)
    if (!asker) return await next()
    const { userId, language, chatType } = asker
    const command = commandOf(ctx)
    const seen = await attend({ botId, store }, ctx, userId)
    const why = noAccess(people, userId, seen)
    if (why && command !== FOR_ALL && !(why === 'not_invited' && command === FOR_INVITED)) {
      if (chatType === 'private') replies.say(ctx, messages.text(language, `failure-${why}`))
      return
    }
    const feature = COUNTED.get(command)
    if (feature)
      await store.event({
        id: eventId('feature_used', botId, ctx.update.update_id),
        name: 'feature_used',
        ...{ atMs: ctx.message.date * 1000, botId, userId, feature },
      })
    await next()
  })

  // In a private chat every button is the person's own. Those of tickets see to it themselves.
  composer.chatType('private').on('callback_query:data', async (ctx, next) => {
    if (pressOf(ctx.callbackQuery.data)) return await next()
    const seen = await attend({ botId, store }, ctx, ctx.from.id)
    const isPrivacy = ctx.callbackQuery.data.startsWith(`${FOR_ALL}:`)
    if (!seen.isBlocked || isPrivacy) return await next()
    replies.toast(ctx, messages.text(languageIn(ctx), 'failure-blocked'))
  })
  return composer
}

/** The name of the command that a message begins with. */
function commandOf({ message }: Context): string {
  return /^\/([a-z0-9_]+)/i.exec(message?.text ?? message?.caption ?? '')?.[1]?.toLowerCase() ?? ''
}
