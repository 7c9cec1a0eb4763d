import type { Surveys } from '../../queues/people/survey.ts'
import { answerRows } from '../../queues/people/survey-buttons.ts'
import type { Request } from '../../queues/request.ts'
import type { Messages } from '../../src/shared/messages/messages.ts'
import { clientSignal } from '../../src/shared/telegram/client-signal.ts'
import type { Telegram } from '../../src/shared/telegram/create-telegram.ts'
import type { StageContext } from '../context.ts'
import { sayOnce } from './say-once.ts'

interface SurveyDeps {
  surveys: Surveys
  telegram: Telegram
  messages: Messages
}

/** The first question, when it is the person's time. Never in a group: what somebody thinks of us is nobody else's business. */
export async function askSurvey(
  { surveys, telegram, messages }: SurveyDeps,
  { botId, userId, chatId, chatType, language }: Request,
  context: StageContext,
): Promise<boolean> {
  if (chatType !== 'private') return false
  const askedAtMs = await surveys.begin(botId, userId)
  if (askedAtMs === null) return false
  const sent = await sayOnce(
    () =>
      telegram.api.sendMessage(
        chatId,
        messages.text(language, 'survey-pmf'),
        { reply_markup: { inline_keyboard: rowsOf(messages, language, askedAtMs) } },
        clientSignal(context.signal),
      ),
    () => surveys.release(botId, userId),
    context,
  )
  return sent !== null
}

const LABELS = {
  very: 'survey-very',
  somewhat: 'survey-somewhat',
  not: 'survey-not',
  not_applicable: 'survey-not_applicable',
} as const

const rowsOf = (messages: Messages, language: Request['language'], askedAtMs: number) =>
  answerRows('pmf', askedAtMs, (value) => messages.text(language, LABELS[value]))
