import { Composer } from 'grammy'
import type { BotDeps } from '../bot-deps.ts'
import { languageIn } from '../person.ts'

/** /help */
export function helpCommand({ messages, replies }: BotDeps) {
  const composer = new Composer()
  composer.on('message').command('help', (ctx) => {
    replies.say(ctx, messages.text(languageIn(ctx), 'help'))
  })
  return composer
}
