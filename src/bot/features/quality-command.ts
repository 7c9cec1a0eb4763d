import { Composer, InlineKeyboard } from 'grammy'
import { type FormatId, parseFormat } from '../../../queues/media.ts'
import type { Language } from '../../../queues/request.ts'
import type { Messages } from '../../shared/messages/messages.ts'
import type { BotDeps } from '../bot-deps.ts'
import { askerOf, languageIn } from '../person.ts'

const FORGET = 'quality:forget'

function nameOf(format: FormatId, language: Language, messages: Messages): string {
  const wanted = parseFormat(format)
  if (wanted.kind === 'audio')
    return messages.text(language, 'format-audio', { codec: wanted.codec.toUpperCase() })
  return wanted.height
    ? messages.text(language, 'format-video', { height: wanted.height })
    : messages.text(language, 'format-best')
}

/** /quality: shows the remembered choice, and forgets it on request. */
export function qualityCommand({ botId, store, messages, replies }: BotDeps) {
  const composer = new Composer()

  composer.on('message').command('quality', async (ctx) => {
    const asker = askerOf(botId, ctx)
    if (!asker) return
    const { language, userId } = asker
    const format = await store.preference(botId, userId)
    if (!format) return replies.say(ctx, messages.text(language, 'quality-none'))
    const text = messages.text(language, 'quality-current', { format: nameOf(format, language, messages) })
    replies.say(ctx, text, new InlineKeyboard().text(messages.text(language, 'button-forget'), FORGET))
  })

  // Whoever presses it in a group forgets a choice of their own, never somebody else's.
  composer.callbackQuery(FORGET, async (ctx) => {
    await store.forgetPreference(botId, ctx.from.id)
    const text = messages.text(languageIn(ctx), 'quality-cleared')
    replies.toast(ctx, text)
    if (ctx.chat?.type === 'private') replies.run(() => ctx.editMessageText(text))
  })
  return composer
}
