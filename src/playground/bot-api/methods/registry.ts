import type { ApiMethods, Message, Update } from '@grammyjs/types'
import type { Call, MethodDeps } from '../call.ts'
import { createAccountMethods } from './account.ts'
import { createAnswerMethods } from './answers.ts'
import { createChatMethods } from './chats.ts'
import { createEditMethods } from './edit.ts'
import { createFileMethods } from './files.ts'
import { createMediaMethods } from './media.ts'
import { createMessageMethods } from './messages.ts'
import { createTextMethods } from './text.ts'
import { createUpdateMethods } from './updates.ts'

/** Methods whose answer is a message of any shape: the declared types say more than even the real server keeps. */
interface LooseAnswers {
  sendVideo: Message
  sendAudio: Message
  sendVoice: Message
  sendDocument: Message
  sendPhoto: Message
  sendAnimation: Message
  sendMediaGroup: Message[]
  editMessageText: (Message & Update.Edited) | true
  editMessageCaption: (Message & Update.Edited) | true
  editMessageMedia: (Message & Update.Edited) | true
  editMessageReplyMarkup: (Message & Update.Edited) | true
}

type ExactMethod =
  | 'getMe'
  | 'getUpdates'
  | 'setWebhook'
  | 'deleteWebhook'
  | 'getWebhookInfo'
  | 'sendMessage'
  | 'sendChatAction'
  | 'deleteMessage'
  | 'copyMessage'
  | 'answerCallbackQuery'
  | 'answerInlineQuery'
  | 'getFile'
  | 'getChat'
  | 'getChatMember'
  | 'getChatAdministrators'
  | 'setMyCommands'
  | 'getMyCommands'
  | 'logOut'

type Answers = LooseAnswers & { [M in ExactMethod]: ReturnType<ApiMethods<never>[M]> }
type Methods = { [M in keyof Answers]: (call: Call) => Answers[M] | Promise<Answers[M]> }

/** All methods there are, found by their names in any case. */
export function createMethods(deps: MethodDeps) {
  const methods: Methods = {
    ...createAccountMethods(),
    ...createUpdateMethods(deps),
    ...createTextMethods(deps),
    ...createMediaMethods(deps),
    ...createEditMethods(deps),
    ...createMessageMethods(deps),
    ...createAnswerMethods(deps),
    ...createFileMethods(deps),
    ...createChatMethods(deps),
  }
  const byLowerName = new Map(
    Object.entries(methods).map(([name, run]) => [
      name.toLowerCase(),
      { name, run: (call: Call): unknown => run(call) },
    ]),
  )
  return { find: (name: string) => byLowerName.get(name.toLowerCase()) }
}
