import type { Redis } from 'ioredis'
import type { Keys } from '../../../queues/keys.ts'
import type { Logger } from '../../../src/shared/logger.ts'
import type { FailPoint } from '../../fail-point.ts'
import { AlertNews } from './news.ts'
import { ALERT_IDS, type AlertId, type Rule } from './rule.ts'
import { CALM, Kept, type News, step } from './step.ts'

/** A value, and where or of what it is; null: it was not looked at this time. */
export type Look = { value: number; detail: string | null } | null
export type Measures = Record<Exclude<AlertId, 'no_data'>, () => Promise<Look>>

/** Who hears of alerts, by a name under which what they are owed is kept. Each throws when it was not taken. */
export type Hearers = Record<string, (news: AlertNews, signal: AbortSignal) => Promise<void>>

/** Longer than a run of the stage may take; a round that died holds up the next ones for no longer. */
const WATCH_TTL_MS = 150_000
/** Nobody needs to hear of it any more. */
const STALE_MS = 24 * 3600_000

interface WatchDeps {
  redis: Redis
  keys: Keys
  rules: Record<AlertId, Rule>
  measures: Measures
  hearers: Hearers
}

/**
 * Looks at everything that is watched, notes what has changed together with the news of it, and tells the news to all who
 * are to hear it; what cannot be told now is told the next time.
 */
export function createWatch({ redis, keys, rules, measures, hearers }: WatchDeps) {
  const lookAtAll = async (log: Logger): Promise<Record<AlertId, Look>> => {
    const failed: string[] = []
    const looks = await Promise.all(
      ALERT_IDS.map(async (id): Promise<[AlertId, Look]> => {
        if (id === 'no_data') return [id, null]
        try {
          return [id, await measures[id]()]
        } catch (error) {
          log.warn({ err: error, alert: id }, 'a measure is not known')
          failed.push(id)
          return [id, null]
        }
      }),
    )
    const noData = { value: failed.length, detail: failed.sort().join(', ') || null }
    return { ...(Object.fromEntries(looks) as Record<AlertId, Look>), no_data: noData }
  }

  const note = async (looks: Record<AlertId, Look>, nowMs: number): Promise<void> => {
    const stored = await redis.hgetall(keys.alerts)
    const change = redis.multi()
    for (const id of ALERT_IDS) {
      const look = looks[id]
      const before = keptIn(stored[id])
      const { kept, news } = step(before, look?.value ?? null, rules[id], nowMs)
      if (kept !== before) change.hset(keys.alerts, id, JSON.stringify(kept))
      if (!news || !look) continue
      const text = JSON.stringify(newsOf(id, news, look, rules[id], before, nowMs))
      for (const hearer of Object.keys(hearers))
        change.hset(keys.alertNews, `${hearer}|${id}|${news}|${nowMs}`, text)
    }
    await change.exec()
  }

  const tell = async (
    nowMs: number,
    log: Logger,
    signal: AbortSignal,
    failPoint: FailPoint,
  ): Promise<number> => {
    let told = 0
    const owed = Object.entries(await redis.hgetall(keys.alertNews))
    // In the order in which they came.
    owed.sort(([a], [b]) => Number(a.split('|')[3]) - Number(b.split('|')[3]))
    for (const [field, text] of owed) {
      const news = AlertNews.safeParse(JSON.parse(text)).data
      const hear = hearers[field.split('|', 1)[0] ?? '']
      if (news && hear && nowMs - news.atMs < STALE_MS) {
        try {
          await hear(news, signal)
        } catch (error) {
          signal.throwIfAborted()
          log.warn({ err: error, alert: news.alert }, 'an alert is not told yet')
          continue
        }
        told += 1
        failPoint('sent')
      }
      await redis.hdel(keys.alertNews, field)
    }
    return told
  }

  return async (nowMs: number, log: Logger, signal: AbortSignal, failPoint: FailPoint): Promise<string> => {
    if ((await redis.set(keys.alertWatch, nowMs, 'PX', WATCH_TTL_MS, 'NX')) !== 'OK')
      return 'somebody is at it'
    try {
      await note(await lookAtAll(log), nowMs)
      return `told ${await tell(nowMs, log, signal, failPoint)}`
    } finally {
      await redis.del(keys.alertWatch)
    }
  }
}

function keptIn(stored: string | undefined): Kept {
  return stored === undefined ? CALM : (Kept.safeParse(JSON.parse(stored)).data ?? CALM)
}

function newsOf(
  alert: AlertId,
  state: News,
  look: NonNullable<Look>,
  rule: Rule,
  before: Kept,
  atMs: number,
): AlertNews {
  const lastedMs = state === 'resolved' ? atMs - before.sinceMs : null
  return { id: `${alert}-${state}-${atMs}`, alert, state, ...look, limit: rule.fireAt, atMs, lastedMs }
}
