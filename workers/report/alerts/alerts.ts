import type { State } from '../../../queues/state.ts'
import type { Config } from '../../../src/shared/config.ts'
import type { Pool } from '../../../src/shared/db/pool.ts'
import type { Messages } from '../../../src/shared/messages/messages.ts'
import type { StageContext } from '../../context.ts'
import type { createNumbers } from '../numbers.ts'
import { createEventMeasures } from './event-measures.ts'
import type { AlertNews } from './news.ts'
import { newsText } from './news-text.ts'
import { createNumberMeasures } from './number-measures.ts'
import { postWebhook } from './post-webhook.ts'
import { rulesFor } from './rule.ts'
import { createSystemMeasures, type SystemDeps } from './system-measures.ts'
import { createWatch, type Hearers } from './watch.ts'

interface AlertDeps extends SystemDeps, Pick<State, 'keys'> {
  db: Pool
  messages: Messages
  numbers: ReturnType<typeof createNumbers>
  timeZone: string
  reports: Config<'reports'>
  sendText: (chatId: number, text: string) => Promise<unknown>
}

/** Looks at everything that is watched, and tells the channel and the webhook of what has changed. */
export function createAlerts(deps: AlertDeps) {
  const { reports, messages, redis, keys } = deps
  const { ANALYTICS_CHANNEL_ID: channelId, ALERT_WEBHOOK_URL: url, REPORT_LANGUAGE: language } = reports
  const textOf = (news: AlertNews) => newsText(messages, language, news)
  const hearers: Hearers = {
    ...(channelId !== undefined && {
      channel: async (news: AlertNews) => void (await deps.sendText(channelId, textOf(news))),
    }),
    ...(url !== undefined && {
      webhook: ({ atMs, ...news }: AlertNews, signal: AbortSignal) =>
        postWebhook(
          url,
          { ...news, at: new Date(atMs).toISOString(), text: textOf({ atMs, ...news }) },
          signal,
        ),
    }),
  }
  if (Object.keys(hearers).length === 0) return async () => 'nobody to tell'

  const events = createEventMeasures(deps.db)
  const system = createSystemMeasures(deps)
  return async (nowMs: number, { log, signal, failPoint }: StageContext): Promise<string> => {
    const slow = createNumberMeasures(deps, nowMs)
    const watch = createWatch({
      ...{ redis, keys, hearers, rules: rulesFor(reports) },
      measures: {
        error_rate: events.errorRate,
        queue_age: system.queueAge,
        dead_letters: system.deadLetters,
        extractor_broken: events.extractorBroken,
        // A PostgreSQL that is away says nothing of the disk here.
        disk_low: async () => system.diskLow(await events.diskFull().catch(() => 0)),
        storage_away: system.storageAway,
        churn: slow.churn,
        conversion: slow.conversion,
        silence: events.silence,
      },
    })
    return await watch(nowMs, log, signal, failPoint)
  }
}
