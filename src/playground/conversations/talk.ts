import type { User } from '@grammyjs/types'
import type { World } from '../bot-api/world.ts'
import type { ChatRecord } from '../bot-api/world-state.ts'
import { type Button, buttonsOf, createAsking } from './asking.ts'
import { untilTrue } from './until-true.ts'

export type Talk = ReturnType<typeof talkIn>

/** A new person, in a private chat with the bot. */
export function addPerson(world: World, languageCode: 'en' | 'ru' = 'en') {
  const user = world.addUser({ firstName: languageCode === 'ru' ? 'Борис' : 'Alice', languageCode })
  return talkIn(world, user, world.openPrivateChat(user))
}

/** What one person does and hears in one chat. */
export function talkIn(world: World, user: User, chat: ChatRecord) {
  const said = () =>
    world.messages(chat).flatMap((message) => (message.from?.is_bot && message.text ? [message.text] : []))
  /** A button under any message of the bot in this chat. */
  const buttonWith = (label: RegExp) =>
    untilTrue(
      world,
      () =>
        world
          .messages(chat)
          .flatMap(buttonsOf)
          .find(({ text }) => label.test(text)),
      () => `a button ${label}`,
    )
  return {
    user,
    chat,
    /** The person's own words; returns the message id. */
    say: (text: string): number => world.sendText(user, chat, text),
    untilButton: buttonWith,
    /** Returns the note over the button. */
    async press({ messageId, data }: Button): Promise<string> {
      return (await world.pressButton(user, chat, messageId, data))?.text ?? ''
    },
    /** Words that the bot is to answer with a ticket. */
    ask: (text: string) => createAsking(world, user, chat, world.sendText(user, chat, text)),
    /** What the bot's messages say now. */
    said,
    /** Waits for a message of the bot that says this. */
    untilSaid: (text: string | RegExp) =>
      untilTrue(
        world,
        () => said().find((one) => (typeof text === 'string' ? one === text : text.test(one))),
        () => `${text}; there is ${JSON.stringify(said())}`,
      ),
  }
}
