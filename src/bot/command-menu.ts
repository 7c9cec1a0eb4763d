import type { Api } from 'grammy'
import type { BotCommandScope } from 'grammy/types'
import type { Logger } from '../shared/logger.ts'
import type { Messages } from '../shared/messages/messages.ts'
import { classify } from '../shared/telegram/classify.ts'
import { commandsAt } from './commands.ts'

/** English for everybody, Russian for apps in Russian. */
const LANGUAGES = [
  ['en', {}],
  ['ru', { language_code: 'ru' }],
] as const

/**
 * Shows the commands in Telegram's menu, by language and place. Best effort, each for itself: an admin who has never
 * written to the bot has no chat with it yet.
 */
export async function showCommandMenu(
  api: Api,
  messages: Messages,
  adminIds: readonly number[],
  log: Logger,
): Promise<void> {
  const show = async (place: Parameters<typeof commandsAt>[0], scope: BotCommandScope): Promise<void> => {
    for (const [language, which] of LANGUAGES) {
      const commands = commandsAt(place).map(({ command, description }) => ({
        command,
        description: messages.text(language, description),
      }))
      await api.setMyCommands(commands, { ...which, scope })
    }
  }
  const menus: [Parameters<typeof commandsAt>[0], BotCommandScope][] = [
    ['private', { type: 'all_private_chats' }],
    ['group', { type: 'all_group_chats' }],
    ...adminIds.map((id): [Parameters<typeof commandsAt>[0], BotCommandScope] => [
      'admin',
      { type: 'chat', chat_id: id },
    ]),
  ]
  for (const [place, scope] of menus) {
    try {
      await show(place, scope)
    } catch (error) {
      log.warn({ place, fault: classify(error).kind }, 'a menu of commands is not set')
    }
  }
}
