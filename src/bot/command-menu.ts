import type { Api } from 'grammy'
import type { Logger } from '../shared/logger.ts'
import type { Messages } from '../shared/messages/messages.ts'
import { classify } from '../shared/telegram/classify.ts'

/** Shows the commands in Telegram's menu: English for everybody, Russian for apps in Russian. Best effort. */
export async function showCommandMenu(api: Api, messages: Messages, log: Logger): Promise<void> {
  const commandsIn = (language: 'en' | 'ru') => [
    { command: 'start', description: messages.text(language, 'command-start') },
    { command: 'help', description: messages.text(language, 'command-help') },
    { command: 'quality', description: messages.text(language, 'command-quality') },
    { command: 'cancel', description: messages.text(language, 'command-cancel') },
  ]
  try {
    await api.setMyCommands(commandsIn('en'))
    await api.setMyCommands(commandsIn('ru'), { language_code: 'ru' })
  } catch (error) {
    log.warn({ fault: classify(error).kind }, 'the menu of commands is not set')
  }
}
