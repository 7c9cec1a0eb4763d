import type { Message, User } from '@grammyjs/types'
import type { World } from '../bot-api/world.ts'
import type { ChatRecord } from '../bot-api/world-state.ts'
import { untilTrue } from './until-true.ts'

export type Asking = ReturnType<typeof createAsking>

/** A message of the bot as it was at some moment. */
type Shown = { messageId: number; text: string; buttons: string[]; hasMedia: boolean }

export const hasMedia = ({ video, audio, animation, document }: Message): boolean =>
  Boolean(video ?? audio ?? animation ?? document)

export type Button = { messageId: number; text: string; data: string }

export const buttonsOf = (message: Message): Button[] =>
  (message.reply_markup?.inline_keyboard ?? [])
    .flat()
    .flatMap((button) =>
      'callback_data' in button
        ? [{ messageId: message.message_id, text: button.text, data: button.callback_data }]
        : [],
    )

/** One message of a person, and the bot's answers to it. `chat` is another one after a group has moved. */
export function createAsking(world: World, user: User, chat: ChatRecord, messageId: number) {
  const history: Shown[] = []
  const isAnswer = (message: Message) =>
    message.from?.is_bot === true && message.reply_to_message?.message_id === messageId
  world.onChange((change) => {
    if (change.kind !== 'message' || change.chat !== chat || !isAnswer(change.post.message)) return
    const { message } = change.post
    history.push({
      messageId: message.message_id,
      text: message.text ?? '',
      buttons: buttonsOf(message).map(({ data }) => data),
      hasMedia: hasMedia(message),
    })
  })
  const answers = () => world.messages(chat).filter(isAnswer)
  const until = <T>(look: (message: Message) => T | undefined | null | false, what: string): Promise<T> =>
    untilTrue(
      world,
      () => {
        for (const message of answers()) {
          const found = look(message)
          if (found) return found
        }
        return null
      },
      () => `${what}; there was ${JSON.stringify(history)}`,
    )
  const buttonWith = (label: RegExp) =>
    until((message) => {
      return buttonsOf(message).find(({ text }) => label.test(text))
    }, `a button ${label}`)

  return {
    chat,
    messageId,
    /** The bot's answers that are there now. */
    answers,
    /** All that the answers have shown so far, oldest first. */
    history: (): readonly Shown[] => history,
    buttons: (): string[] => answers().flatMap((message) => buttonsOf(message).map(({ text }) => text)),
    /** Presses the button as soon as it is there, as the person or as somebody else; returns the note over it. */
    async press(label: RegExp, by: User = user): Promise<string> {
      const button = await buttonWith(label)
      const answer = await world.pressButton(by, chat, button.messageId, button.data)
      return answer?.text ?? ''
    },
    untilButton: async (label: RegExp): Promise<void> => void (await buttonWith(label)),
    untilText: (text: RegExp): Promise<Message> =>
      until((message) => text.test(message.text ?? '') && message, `${text}`),
    untilMedia: (): Promise<Message> => until((message) => hasMedia(message) && message, 'a media'),
    /** The code of the request, as its buttons carry it. */
    ticket: (): string =>
      history.flatMap(({ buttons }) => buttons).flatMap((data) => data.split(':')[1] ?? [])[0] ?? '',
  }
}
