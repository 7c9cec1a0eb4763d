import { Composer } from 'grammy'
import type { BotDeps } from '../bot-deps.ts'
import { askerOf, originOf } from '../person.ts'

/** /cancel: everything that this person asked for in this chat. */
export function cancelCommand({ botId, store, messages, replies }: BotDeps) {
  const composer = new Composer()
  composer.on('message').command('cancel', async (ctx) => {
    const asker = askerOf(botId, ctx)
    if (!asker) return
    const { chatId, userId, language } = asker
    const count = await store.activeIn({ botId, chatId, userId })
    // Also when there is nothing yet: a link that was sent a moment ago may still be on its way in.
    await store.intake(originOf(botId, ctx), { kind: 'cancel_all', botId, chatId, userId })
    const text =
      count > 0 ? messages.text(language, 'cancel-done', { count }) : messages.text(language, 'cancel-none')
    replies.say(ctx, text)
  })
  return composer
}
