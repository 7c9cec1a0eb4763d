import type { Message, User } from '@grammyjs/types'
import type { World } from '../bot-api/world.ts'
import type { ChatRecord } from '../bot-api/world-state.ts'
import { buttonsOf, hasMedia } from '../conversations/asking.ts'

/** One message of a person with one link. */
export interface Ask {
  user: User
  chat: ChatRecord
  messageId: number
  path: string
}

export type Person = ReturnType<typeof newPerson>

/** Somebody with a private chat, who asks and presses buttons and keeps no record: the world has one. */
export function newPerson(world: World) {
  const user = world.addUser({ firstName: 'Alice', languageCode: 'en' })
  const chat = world.openPrivateChat(user)
  return {
    user,
    chat,
    ask: (origin: string, path: string): Ask => ({
      ...{ user, chat, path },
      messageId: world.sendText(user, chat, origin + path),
    }),
  }
}

/** The bot's answers to it that are there now. */
export const answersTo = (world: World, { chat, messageId }: Ask): Message[] =>
  world
    .messages(chat)
    .filter(({ from, reply_to_message: to }) => from?.is_bot && to?.message_id === messageId)

export const mediaFor = (world: World, ask: Ask): Message[] => answersTo(world, ask).filter(hasMedia)

/** A reason, with the code that people may quote. */
export const isTold = (world: World, ask: Ask): boolean =>
  answersTo(world, ask).some(({ text }) => /Code [0-9A-Z]{6,}$/.test(text ?? ''))

/** Presses the first button that the expression matches, if there is one. Returns whether there was. */
export function pressIfAsked(world: World, ask: Ask, label: RegExp): boolean {
  const button = answersTo(world, ask)
    .flatMap(buttonsOf)
    .find(({ text }) => label.test(text))
  if (!button) return false
  // What the note over the button says does not matter here.
  void world.pressButton(ask.user, ask.chat, button.messageId, button.data)
  return true
}
