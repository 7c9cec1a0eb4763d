import { InputFile } from 'grammy'
import type { DataOf } from '../../queues/pipeline.ts'
import type { Period } from '../../queues/stages/report.ts'
import type { State } from '../../queues/state.ts'
import type { Pool } from '../../src/shared/db/pool.ts'
import type { Messages } from '../../src/shared/messages/messages.ts'
import { addDays, dayIn } from '../../src/shared/metrics/days.ts'
import type { Telegram } from '../../src/shared/telegram/create-telegram.ts'
import type { StageContext } from '../context.ts'
import { analyticsText, funnelText } from './analytics-text.ts'
import type { createNumbers, Range } from './numbers.ts'
import { exportJson } from './person/export-person.ts'
import type { Traces } from './person/traces.ts'
import { shownDay } from './shown.ts'
import { toTelegram } from './to-telegram.ts'

/** A repeated update comes within a day. */
const REMEMBER_S = 24 * 3600
const DAYS: Record<Period, number> = { day: 1, week: 7, month: 30 }
/** The funnel of the command: so many days of starts. */
const FUNNEL_DAYS = 30

type Asked = Extract<DataOf<'report'>, { kind: 'admin_analytics' | 'admin_funnel' | 'export' }>

interface AnswerDeps extends Pick<State, 'redis' | 'keys' | 'requests' | 'facts'> {
  telegram: Telegram
  messages: Messages
  db: Pool
  numbers: ReturnType<typeof createNumbers>
  traces: Traces
  timeZone: string
}

/** What somebody has asked for in a chat. */
export function createAnswers(deps: AnswerDeps) {
  const { redis, keys, telegram, messages, numbers, timeZone } = deps

  /** Does it, unless it was done: a job that died after its answer gives no second one. */
  const once = async (
    origin: string,
    { failPoint }: Pick<StageContext, 'failPoint'>,
    answer: () => Promise<unknown>,
  ): Promise<string> => {
    if (await redis.exists(keys.reported(origin))) return 'answered before'
    await answer()
    failPoint('sent')
    await redis.set(keys.reported(origin), '1', 'EX', REMEMBER_S)
    return 'answered'
  }

  const analytics = async (period: Period, language: Asked['language'], today: string): Promise<string> => {
    const range: Range = { from: addDays(today, 1 - DAYS[period]), to: today }
    const [from, to] = [shownDay(language, range.from), shownDay(language, range.to)]
    const title =
      period === 'day'
        ? messages.text(language, 'report-title-today', { day: to })
        : messages.text(language, 'report-title-days', { days: DAYS[period], from, to })
    return analyticsText(messages, language, title, await numbers.ofRange(range, today))
  }
  const funnel = async (language: Asked['language'], today: string): Promise<string> => {
    const range = { from: addDays(today, 1 - FUNNEL_DAYS), to: today }
    return funnelText(messages, language, await numbers.closedFunnel(range, today))
  }

  const answerTo = async (asked: Asked, nowMs: number): Promise<void> => {
    const { chatId, threadId, language } = asked
    const place = threadId === null ? {} : { message_thread_id: threadId }
    if (asked.kind === 'export') {
      const file = new InputFile(Buffer.from(await exportJson(deps, asked)), `clipferry-${asked.userId}.json`)
      const caption = messages.text(language, 'privacy-export-file')
      await toTelegram(chatId, (to) => telegram.api.sendDocument(to, file, { caption, ...place }))
      return
    }
    const today = dayIn(timeZone, nowMs)
    const text =
      asked.kind === 'admin_funnel'
        ? await funnel(language, today)
        : await analytics(asked.period, language, today)
    await toTelegram(chatId, (to) => telegram.api.sendMessage(to, text, place))
  }

  return {
    once,
    give: (asked: Asked, nowMs: number, context: Pick<StageContext, 'failPoint'>): Promise<string> =>
      once(asked.origin, context, () => answerTo(asked, nowMs)),
  }
}
