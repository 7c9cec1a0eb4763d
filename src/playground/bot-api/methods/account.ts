import type { BotCommand, UserFromGetMe } from '@grammyjs/types'
import { z } from 'zod'
import { badRequest } from '../api-error.ts'
import type { Call } from '../call.ts'

const Commands = z.array(z.object({ command: z.string(), description: z.string() }))
const Scope = z.looseObject({
  type: z.enum([
    'default',
    'all_private_chats',
    'all_group_chats',
    'all_chat_administrators',
    'chat',
    'chat_administrators',
    'chat_member',
  ]),
})

/** Lists are kept for each scope and language, and found only under exactly these. */
function listKey({ params }: Call): string {
  const scope = Scope.safeParse(params.json('scope') ?? { type: 'default' })
  if (!scope.success) throw badRequest("can't parse BotCommandScope: Unsupported type specified")
  return JSON.stringify([scope.data, params.text('language_code')])
}

export function createAccountMethods() {
  return {
    getMe: ({ bot }: Call): UserFromGetMe => bot.user,

    setMyCommands(call: Call): true {
      const parsed = Commands.safeParse(call.params.json('commands') ?? [])
      if (!parsed.success) throw badRequest("can't parse commands JSON object")
      if (parsed.data.length > 100) throw badRequest('BOT_COMMANDS_TOO_MUCH')
      for (const { command, description } of parsed.data) {
        if (!/^\/?[a-z0-9_]{1,32}$/.test(command)) throw badRequest('BOT_COMMAND_INVALID')
        if (description.length < 1 || description.length > 256)
          throw badRequest('BOT_COMMAND_DESCRIPTION_INVALID')
      }
      const commands = parsed.data.map((one) => ({ ...one, command: one.command.replace('/', '') }))
      call.bot.commands.set(listKey(call), commands)
      return true
    },
    getMyCommands: (call: Call): BotCommand[] => call.bot.commands.get(listKey(call)) ?? [],

    /** From now on every call of the bot fails. */
    logOut({ bot }: Call): true {
      bot.isLoggedOut = true
      bot.webhook?.stop()
      bot.webhook = null
      return true
    },
  }
}
