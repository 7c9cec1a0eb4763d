import type { Message } from '@grammyjs/types'
import type { World } from '../bot-api/world.ts'
import type { ChatRecord } from '../bot-api/world-state.ts'
import { buttonsOf, hasMedia } from '../conversations/asking.ts'
import type { Asked } from './asked.ts'
import { type Ask, TOPICS } from './plan-asks.ts'
import { createPresser } from './presser.ts'

export type People = ReturnType<typeof createPeople>

const GROUPS = ['Film club', 'Neighbours', 'Night shift']
export const GROUP_COUNT = GROUPS.length

/** The people of a run: they write what the plan says, and press what is offered to them. */
export function createPeople({ world, origin, count }: { world: World; origin: string; count: number }) {
  const users = Array.from({ length: count }, (_, n) =>
    world.addUser({ firstName: `Person ${n + 1}`, languageCode: n % 3 === 2 ? 'ru' : 'en' }),
  )
  const privates = users.map((user) => world.openPrivateChat(user))
  const groups = GROUPS.map((title) => world.addGroup({ title, users }))
  const forum = world.addSupergroup({ title: 'Forum', users, topics: TOPICS })
  const asked: Asked[] = []
  const deleted: { chatId: number; messageId: number; text: string }[] = []
  const wasBlocked = new Set<number>()
  const presser = createPresser(world)

  const at = <T>(list: readonly T[], index: number): T => {
    const found = list[index]
    if (found === undefined) throw new RangeError(`there is no number ${index}`)
    return found
  }
  const placeOf = ({ place, person }: Ask): { chat: ChatRecord; threadId?: number } => {
    const own = { chat: at(privates, person) }
    if (place.in === 'topic') return { chat: forum, threadId: place.topic }
    if (place.in === 'private') return own
    const group = at(groups, place.group)
    // In the supergroup that a group has become, numbers of messages begin anew: nobody could tell whose answer is whose.
    return group.migratedTo === null ? { chat: group } : own
  }
  const findAsked = (chat: ChatRecord, message: Message) =>
    asked.find((one) => one.chat === chat && one.messageId === message.reply_to_message?.message_id)
  world.onChange((change) => {
    if (change.kind !== 'message' || !change.post.message.from?.is_bot) return
    const { chat, post } = change
    const one = findAsked(chat, post.message)
    if (one) presser.react(one, post.message)
  })

  return {
    asked: (): readonly Asked[] => asked,
    /** Messages of the bot that people have deleted, as they were. */
    deleted: () => deleted,
    /** Private chats in which the bot could not always write. */
    wasBlocked: (): ReadonlySet<number> => wasBlocked,
    isBusy: presser.isBusy,

    ask(ask: Ask): void {
      const user = at(users, ask.person)
      const { chat, threadId } = placeOf(ask)
      if (chat.isBlocked) return
      const text = ask.links.map((path) => origin + path).join('\n')
      const messageId = world.sendText(user, chat, text, threadId === undefined ? {} : { threadId })
      asked.push({ id: asked.length, ask, user, chat, messageId })
    },

    block(person: number, isBlocked: boolean): void {
      wasBlocked.add(at(privates, person).id)
      world.blockBot(at(users, person), isBlocked)
    },

    /** Somebody deletes their newest ticket. @returns whether there was one. */
    deleteTicket(person: number): boolean {
      const chat = at(privates, person)
      const ticket = world
        .messages(chat)
        .findLast((message) => message.from?.is_bot && !hasMedia(message) && buttonsOf(message).length > 0)
      if (!ticket) return false
      deleted.push({ chatId: chat.id, messageId: ticket.message_id, text: ticket.text ?? '' })
      world.deleteMessage(at(users, person), chat, ticket.message_id)
      return true
    },

    /** A group becomes a supergroup, once. @returns whether it had not been one before. */
    migrate(group: number): boolean {
      const chat = at(groups, group)
      if (chat.migratedTo !== null) return false
      world.migrateGroup(at(users, 0), chat)
      return true
    },
  }
}
