import type { MessageKey } from '../shared/messages/message-keys.ts'

/** Where a command stands in the menu: in private chats, in groups, in the private chats of admins. */
type Place = 'private' | 'group' | 'admin'

interface Command {
  command: string
  description: MessageKey
  places: readonly Place[]
}

const everywhere = ['private', 'group', 'admin'] as const
const inPrivate = ['private', 'admin'] as const
const forAdmins = ['admin'] as const

/** Every command there is, in the order of the menu. */
export const COMMANDS: readonly Command[] = [
  { command: 'start', description: 'command-start', places: inPrivate },
  { command: 'help', description: 'command-help', places: everywhere },
  { command: 'quality', description: 'command-quality', places: everywhere },
  { command: 'cancel', description: 'command-cancel', places: everywhere },
  { command: 'stats', description: 'command-stats', places: inPrivate },
  { command: 'referral', description: 'command-referral', places: inPrivate },
  { command: 'privacy', description: 'command-privacy', places: inPrivate },
  { command: 'admin_analytics', description: 'command-admin_analytics', places: forAdmins },
  { command: 'admin_funnel', description: 'command-admin_funnel', places: forAdmins },
  { command: 'limits', description: 'command-limits', places: forAdmins },
  { command: 'block', description: 'command-block', places: forAdmins },
  { command: 'unblock', description: 'command-unblock', places: forAdmins },
]

export const commandsAt = (place: Place): readonly Command[] =>
  COMMANDS.filter(({ places }) => places.includes(place))

/** Those that everybody may use: whoever says one of them is here. */
export const OPEN_COMMANDS: readonly string[] = commandsAt('private').map(({ command }) => command)
