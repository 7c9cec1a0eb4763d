import { InputFile } from 'grammy'
import { StageError } from '../../queues/failure.ts'
import type { DataOf } from '../../queues/pipeline.ts'
import type { State } from '../../queues/state.ts'
import type { Config } from '../../src/shared/config.ts'
import type { Pool } from '../../src/shared/db/pool.ts'
import type { Messages } from '../../src/shared/messages/messages.ts'
import { aggregateDay } from '../../src/shared/metrics/aggregate-day.ts'
import { redisNowMs } from '../../src/shared/redis.ts'
import type { Storage } from '../../src/shared/storage/storage.ts'
import type { Telegram } from '../../src/shared/telegram/create-telegram.ts'
import type { Handler, StageContext } from '../context.ts'
import { Postpone } from '../postpone.ts'
import { createAlerts } from './alerts/alerts.ts'
import { createAnswers } from './answers.ts'
import { toPng } from './chart/to-png.ts'
import { createDigest } from './digest.ts'
import { createNewPeople } from './new-people.ts'
import { createNumbers } from './numbers.ts'
import { createForget } from './person/forget-person.ts'
import { createTraces } from './person/traces.ts'
import { toTelegram } from './to-telegram.ts'

/** A person has been forgotten; so long after, what was on its way then has arrived. */
const LATE_MS = 10 * 60_000

export interface ReportDeps
  extends Pick<
    State,
    'redis' | 'keys' | 'queues' | 'requests' | 'joins' | 'notifier' | 'sentFiles' | 'facts'
  > {
  telegram: Telegram
  messages: Messages
  db: Pool
  storage: Pick<Storage, 'head' | 'remove'>
  /** Of the disk of the artifacts: what is free, and what must stay so. */
  freeBytes: () => Promise<number>
  reserveBytes: number
  reporting: Config<'reporting'>
  reports: Config<'reports'>
  /** What time it is; the clock of Redis without it. */
  nowMs?: () => Promise<number>
}

export function createHandler(deps: ReportDeps): Handler<'report'> {
  const { telegram, messages, db, redis, queues } = deps
  const { ANALYTICS_CHANNEL_ID: channelId, REPORT_LANGUAGE: language } = deps.reports
  const { REPORT_TZ: timeZone } = deps.reporting
  const nowMs = deps.nowMs ?? (() => redisNowMs(redis))
  const traces = createTraces(redis, deps.keys)
  const numbers = createNumbers(db)
  const answers = createAnswers({ ...deps, numbers, traces, timeZone })
  const forget = createForget({ ...deps, traces })

  const sendText = async (chatId: number, text: string): Promise<number> =>
    (await toTelegram(chatId, (to) => telegram.api.sendMessage(to, text))).message_id
  const alerts = createAlerts({ ...deps, numbers, timeZone, sendText })

  /** What goes to the channel; nothing without one. */
  const inChannel = (context: StageContext) => {
    if (channelId === undefined) return null
    const send = (text: string) => sendText(channelId, text)
    return {
      newPeople: createNewPeople({ ...deps, language, send }),
      digest: createDigest({
        ...{ ...deps, numbers, timeZone, language, chatId: channelId, sendText: send },
        count: (day) => aggregateDay(db, day, { timeZone }),
        async sendPicture(svg, caption) {
          const picture = new InputFile(await toPng(svg, context.signal), 'week.png')
          const sent = await toTelegram(channelId, (to) => telegram.api.sendPhoto(to, picture, { caption }))
          return sent.message_id
        },
      }),
    }
  }

  const forgetOne = async (data: Extract<DataOf<'report'>, { kind: 'forget' }>, context: StageContext) => {
    const { origin, chatId, language: theirs } = data
    return await answers.once(origin, context, async () => {
      const beforeMs = await nowMs()
      const { isBlocked, objects } = await forget.forget(data, context)
      const { botId, userId } = data
      await queues.add(
        'report',
        { kind: 'forget_late', botId, userId, beforeMs },
        { jobId: `late-${origin}`, delay: LATE_MS },
      )
      context.log.info({ objects }, 'a person is forgotten')
      await sendText(
        chatId,
        messages.text(theirs, isBlocked ? 'privacy-forgotten-blocked' : 'privacy-forgotten'),
      )
    })
  }

  /** The next minute asks again: a failure of this one is nothing that an operator must see to. */
  const newPeople = async (context: StageContext): Promise<string> => {
    try {
      return (await inChannel(context)?.newPeople(await nowMs(), context.failPoint)) ?? 'no channel'
    } catch (error) {
      context.signal.throwIfAborted()
      if (error instanceof Postpone) throw error
      context.log.warn({ err: error }, 'new people are not told of yet')
      return 'not now'
    }
  }

  const run = async (data: DataOf<'report'>, context: StageContext): Promise<string> => {
    switch (data.kind) {
      case 'admin_analytics':
      case 'admin_funnel':
      case 'export':
        return await answers.give(data, await nowMs(), context)
      case 'forget':
        return await forgetOne(data, context)
      case 'forget_late':
        await forget.forgetLate(data, data.beforeMs)
        return 'forgotten'
      case 'alerts':
        return await alerts(await nowMs(), context)
      case 'new_people':
        return await newPeople(context)
      case 'digest':
        return (await inChannel(context)?.digest.daily(data.day, await nowMs())) ?? 'no channel'
      case 'weekly':
        return (await inChannel(context)?.digest.weekly(data.day, await nowMs())) ?? 'no channel'
      default:
        throw new StageError('internal', { detail: 'unknown kind' })
    }
  }
  return async ({ data }, context) => ({ done: await run(data, context) })
}
