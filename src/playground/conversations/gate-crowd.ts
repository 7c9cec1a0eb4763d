import { InputFile } from 'grammy'
import type { User } from 'grammy/types'
import type { State } from '../../../queues/state.ts'
import type { Telegram } from '../../shared/telegram/create-telegram.ts'
import type { World } from '../bot-api/world.ts'
import type { ChatRecord } from '../bot-api/world-state.ts'

const KEY = 'site.1.v360.full.public'
const FILE = {
  ...{ kind: 'video' as const, extension: 'mp4' as const, mimeType: 'video/mp4' as const, sizeBytes: 5 },
  ...{ width: 640, height: 360, durationS: 8, title: 'Harbour', performer: null },
  treatment: 'as_is' as const,
}

type Crowd = { world: World; state: State; telegram: Telegram }

/** People who wait for a file that Telegram has already: each delivery is a single call. */
export function createCrowd({ world, state, telegram }: Crowd) {
  const { botId } = telegram
  let unique = 0
  /** Somebody in a private chat of their own. */
  const person = () => {
    const user = world.addUser({ firstName: `Person ${++unique}` })
    return { user, chat: world.openPrivateChat(user) }
  }

  return {
    person,
    group: () => {
      const { user } = person()
      return { user, chat: world.addGroup({ title: 'Film club', users: [user] }) }
    },
    /** Telegram gets the file. */
    async prepare(): Promise<void> {
      const { video } = await telegram.api.sendVideo(
        person().chat.id,
        new InputFile(Buffer.from('movie'), 'a.mp4'),
      )
      await state.sentFiles.save(botId, KEY, { fileId: video.file_id, kind: 'video', file: FILE })
    },

    /** A request that is to be delivered; `begin` lets the workers know. */
    async waiting({ user, chat }: { user: User; chat: ChatRecord }, withTicket = false) {
      const messageId = world.sendText(user, chat, 'a link')
      const chatType = chat.id > 0 ? ('private' as const) : ('group' as const)
      const ticket = await state.requests.create(
        { botId, chatId: chat.id, chatType, threadId: null, userId: user.id, language: 'en', messageId },
        `u${++unique}`,
        'hash',
        Date.now(),
      )
      await state.requests.move(ticket, ['asked'], 'delivering')
      await state.requests.set(ticket, { mediaKey: KEY })
      if (withTicket) {
        const { message_id } = await telegram.api.sendMessage(chat.id, 'Sending…', {
          reply_parameters: { message_id: messageId },
        })
        await state.requests.set(ticket, { ticketMessageId: message_id })
      }
      return {
        ticket,
        chat,
        begin: () => state.queues.add('send', { ticket, round: 1 }, { jobId: `${ticket}-1` }),
        /** The media that answer this request. */
        copies: () =>
          world
            .messages(chat)
            .filter(({ video, reply_to_message }) => video && reply_to_message?.message_id === messageId)
            .length,
        /** How many calls its lease has seen whose end nobody knows. */
        calls: async () => Number(await state.redis.hget(state.keys.request(ticket), 'directCalls')),
        isDelivered: async () => (await state.requests.get(ticket))?.state === 'delivered',
      }
    },
  }
}
