import type { ChatFullInfo, ChatMember, ChatMemberAdministrator, ChatMemberOwner } from '@grammyjs/types'
import { badRequest } from '../api-error.ts'
import type { Call, MethodDeps } from '../call.ts'
import { chatObject } from '../chat-object.ts'
import { asAuthor, chatMember } from '../world-people.ts'
import { chatOf } from './chat-access.ts'

const ACCEPTED_GIFTS = {
  unlimited_gifts: true,
  limited_gifts: true,
  unique_gifts: true,
  premium_subscription: true,
  gifts_from_channels: true,
}
const FULL_INFO = { accent_color_id: 0, max_reaction_count: 11, accepted_gift_types: ACCEPTED_GIFTS }

export function createChatMethods(deps: MethodDeps) {
  return {
    getChat: (call: Call): ChatFullInfo => ({
      ...chatObject(deps.state, chatOf(deps, call, 'read')),
      ...FULL_INFO,
    }),

    getChatMember(call: Call): ChatMember {
      const chat = chatOf(deps, call, 'read')
      const userId = call.params.integer('user_id') ?? 0
      if (userId <= 0) throw badRequest('invalid user_id specified')
      const bot = deps.state.bots.get(userId)
      if (bot) return chatMember(asAuthor(bot.user), chat.bots.get(userId) ?? 'left')
      const user = deps.state.users.get(userId)
      if (!user) throw badRequest('PARTICIPANT_ID_INVALID')
      return chatMember(user, chat.userIds.has(userId) ? 'member' : 'left')
    },

    getChatAdministrators(call: Call): (ChatMemberOwner | ChatMemberAdministrator)[] {
      const chat = chatOf(deps, call, 'read')
      if (chat.type === 'private') throw badRequest('there are no administrators in the private chat')
      return [...chat.bots]
        .flatMap(([id, status]) => {
          const bot = deps.state.bots.get(id)
          return bot ? [chatMember(asAuthor(bot.user), status)] : []
        })
        .filter((member) => member.status === 'administrator')
    },
  }
}
