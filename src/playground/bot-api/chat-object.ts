import type { Chat } from '@grammyjs/types'
import { present } from './present.ts'
import type { ChatRecord, WorldState } from './world-state.ts'

type KnownChat = Exclude<Chat, Chat.ChannelChat>

/** A chat as messages name it. */
export function chatObject(state: WorldState, chat: ChatRecord): KnownChat {
  if (chat.type === 'private') {
    const user = state.users.get(chat.id)
    const names = present({ last_name: user?.last_name, username: user?.username })
    return { id: chat.id, type: 'private', first_name: user?.first_name ?? '', ...names }
  }
  // The declared types keep channels apart, because people never write there.
  if (chat.type === 'channel')
    return {
      id: chat.id,
      type: 'channel',
      title: chat.title,
    } satisfies Chat.ChannelChat as unknown as KnownChat
  if (chat.type === 'group') return { id: chat.id, type: 'group', title: chat.title }
  return { id: chat.id, type: 'supergroup', title: chat.title, ...(chat.isForum ? { is_forum: true } : {}) }
}
