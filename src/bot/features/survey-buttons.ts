import { Composer, type Context } from 'grammy'
import { answerRows, skipRows, surveyPressOf } from '../../../queues/people/survey-buttons.ts'
import { attend } from '../attendance.ts'
import type { BotDeps } from '../bot-deps.ts'
import { languageIn, originOf } from '../person.ts'

const LABELS = {
  video: 'survey-video',
  audio: 'survey-audio',
  quality: 'survey-quality',
  speed: 'survey-speed',
  other: 'survey-other',
} as const

/** A survey is in a private chat, which has the id of its person: nobody else can press there. */
const isOwnChat = (ctx: Context): boolean => ctx.chat?.type === 'private' && ctx.chat.id === ctx.from?.id

/** The buttons of the survey: each answer counts once, and brings the next question. */
export function surveyButtons({ botId, store, growth, messages, replies }: BotDeps) {
  const { text } = messages
  const composer = new Composer()
  composer.callbackQuery(/^survey:/, async (ctx) => {
    const press = isOwnChat(ctx) ? surveyPressOf(ctx.callbackQuery.data) : null
    const language = languageIn(ctx)
    const userId = ctx.from.id
    const over = () => replies.toast(ctx, text(language, 'toast-survey-over'))
    if (!press) return over()
    const { askedAtMs } = press

    if (press.step === 'skip') {
      const by = originOf(botId, ctx)
      const ended = await growth.endSurvey(botId, userId, { how: 'skip', by, askedAtMs })
      if (!ended) return over()
      await store.eventNow(ended)
      replies.toast(ctx)
      replies.run(() => ctx.editMessageText(text(language, 'survey-thanks')))
      return
    }
    const next = await growth.answerSurvey(botId, userId, askedAtMs, press)
    if (next === null) return over()
    replies.toast(ctx)
    const [question, rows] =
      next === 'usefulFor'
        ? ([
            'survey-usefulFor',
            answerRows('usefulFor', askedAtMs, (value) => text(language, LABELS[value])),
          ] as const)
        : (['survey-words', skipRows(askedAtMs, text(language, 'button-skip'))] as const)
    replies.run(() =>
      ctx.editMessageText(text(language, question), { reply_markup: { inline_keyboard: rows } }),
    )
  })
  return composer
}

/**
 * Words that may be the answer to a survey: a private message without a link that is no command.
 * @returns whether they were
 */
export async function takeSurveyWords(
  { botId, store, growth, messages, replies }: BotDeps,
  ctx: Context,
): Promise<boolean> {
  const words = ctx.message?.text
  if (!words || !ctx.from || !isOwnChat(ctx) || words.startsWith('/')) return false
  const by = originOf(botId, ctx)
  const ended = await growth.endSurvey(botId, ctx.from.id, { how: 'words', by, words })
  if (!ended) return false
  // Other words are no action of anybody; these are one.
  await Promise.all([store.eventNow(ended), attend({ botId, store }, ctx, ctx.from.id)])
  replies.say(ctx, messages.text(languageIn(ctx), 'survey-thanks'))
  return true
}
