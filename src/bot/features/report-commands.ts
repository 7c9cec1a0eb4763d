import { Composer, type NextFunction } from 'grammy'
import { Period } from '../../../queues/stages/report.ts'
import { adminOf } from '../admins.ts'
import type { BotDeps } from '../bot-deps.ts'
import { originOf } from '../person.ts'

/**
 * /admin_analytics [day|week|month] and /admin_funnel, for ADMIN_USER_IDS alone. For anybody else these are words like
 * any others: nothing tells that there is such a command.
 */
export function reportCommands({ botId, store, messages, replies, people }: BotDeps) {
  const composer = new Composer()

  composer.on('message').command('admin_analytics', async (ctx, next: NextFunction) => {
    const asker = adminOf(botId, ctx, people)
    if (!asker) return await next()
    const { chatId, threadId, language } = asker
    const period = Period.safeParse(ctx.match.trim().toLowerCase() || 'day')
    if (!period.success) return replies.say(ctx, messages.text(language, 'report-usage'))
    const origin = originOf(botId, ctx)
    const to = { origin, chatId, threadId, language }
    await store.report(origin, { kind: 'admin_analytics', period: period.data, ...to })
  })

  composer.on('message').command('admin_funnel', async (ctx, next: NextFunction) => {
    const asker = adminOf(botId, ctx, people)
    if (!asker) return await next()
    const { chatId, threadId, language } = asker
    const origin = originOf(botId, ctx)
    await store.report(origin, { kind: 'admin_funnel', origin, chatId, threadId, language })
  })
  return composer
}
