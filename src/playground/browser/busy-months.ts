import type { z } from 'zod'
import { AnalyticsEvent, eventId, type Origin } from '../../../queues/event.ts'
import { type Seeded, seeded } from '../../shared/metrics/testing/seeded.ts'

const DAY_MS = 24 * 3600_000
const TICKET = 'DEM022'
const SITES = ['youtube', 'youtube', 'youtube', 'tiktok', 'tiktok', 'instagram', 'vk', 'generic'] as const
const FORMATS = ['v720', 'v720', 'v720', 'v1080', 'v480', 'a-mp3'] as const
const LANGUAGES = ['ru', 'ru', 'ru', 'en', 'en', 'uk', 'pt-br', 'de'] as const
const WAYS = ['message', 'message', 'message', 'message', 'inline', 'group'] as const
const FAULTS = [
  ['fetch', 'site_error'],
  ['fetch', 'site_error'],
  ['inspect', 'login_required'],
  ['inspect', 'unsupported'],
  ['transcode', 'transcode_failed'],
] as const

type Bare<E> = E extends unknown ? Omit<E, 'id' | 'atMs' | 'botId' | 'userId'> : never
type Told = Bare<Exclude<AnalyticsEvent, { name: 'bot_error' }>>

/** What people of a bot that grows have done in the last days: for pictures, so it looks like life and is no measurement. */
export function busyMonths(botId: number, days: number, nowMs: number, seed = 11): AnalyticsEvent[] {
  const random = seeded(seed)
  const events: AnalyticsEvent[] = []
  const startMs = nowMs - (days - 1) * DAY_MS
  let userId = 5_000
  for (let day = 0; day < days; day++) {
    const isWeekend = [0, 6].includes(new Date(startMs + day * DAY_MS).getUTCDay())
    for (let n = 8 + day / 5 + random.below(6) + (isWeekend ? 5 : 0); n >= 1; n--)
      live(random, { botId, userId: ++userId, day, days, startMs, nowMs }, events)
  }
  return events
}

interface Life {
  botId: number
  userId: number
  /** The first one, of so many. */
  day: number
  days: number
  startMs: number
  nowMs: number
}

function live(
  random: Seeded,
  { botId, userId, day: first, days, startMs, nowMs }: Life,
  events: AnalyticsEvent[],
) {
  const faith = random.next() ** 2
  const source = random.pick<z.infer<typeof Origin>>([
    'organic',
    'organic',
    'organic',
    'referral',
    'campaign',
  ])
  const referrerId = source === 'referral' && userId > 5_050 ? 5_001 + random.below(userId - 5_010) : null
  const campaign = source === 'campaign' ? random.pick(['autumn', 'autumn', 'channel_review']) : null
  const language = random.pick(LANGUAGES)
  let visits = 0
  for (let day = first; day < days; day++) {
    if (day > first && !random.chance((0.75 * faith) / (1 + (day - first) / 25))) continue
    // Mostly in the evening; nothing lies in the future.
    let atMs = startMs + day * DAY_MS - random.below(7 * 3600_000) - random.below(8 * 3600_000)
    const tell = (told: Told) => {
      atMs += 1_000 + random.below(40_000)
      const id = eventId(told.name, botId, userId, atMs)
      if (atMs <= nowMs) events.push(AnalyticsEvent.parse({ ...told, id, atMs, botId, userId }))
    }
    const daysSinceFirst = day - first
    if (day === first) tell({ name: 'bot_start', source, campaign, referrerId, isNew: true, language })
    if (day === first && referrerId !== null)
      events.push({
        ...{ name: 'user_referred', id: eventId('user_referred', userId), atMs, botId },
        userId: referrerId,
        referredUserId: userId,
      })
    tell({ name: 'session_start', ordinal: ++visits, daysSinceFirst, daysSinceLast: null, language })
    for (let n = random.below(4); n > 0; n--) ask(random, tell)
    if (random.chance(0.12))
      tell({ name: 'feature_used', feature: random.pick(['quality', 'stats', 'help', 'referral']) })
    if (visits === 4 && random.chance(0.7))
      tell({ name: 'limit_reached', limit: 'free', used: 10, allowed: 10, policy: 'ad', daysSinceFirst })
    if (visits >= 4 && random.chance(0.5))
      tell({ name: 'ad_shown', ticket: TICKET, campaignId: 1 + random.below(2) })
    if (visits >= 4 && random.chance(0.05))
      tell({ name: 'ad_clicked', ticket: TICKET, campaignId: 1 + random.below(2) })
    if (visits === 5)
      tell({
        ...{ name: 'survey_completed', pmf: random.pick(['very', 'very', 'somewhat', 'somewhat', 'not']) },
        ...{
          usefulFor: random.pick(['video', 'video', 'speed', 'audio', 'quality']),
          hasWords: false,
          downloads: 10,
          daysSinceFirst,
        },
      })
  }
}

/** A link, a choice, and a file or the reason why there is none. */
function ask(random: Seeded, tell: (told: Told) => void): void {
  const source = random.pick(WAYS)
  const platform = random.pick(SITES)
  const format = random.pick(FORMATS)
  if (source === 'inline') {
    tell({ name: 'inline_query', hasLink: true, results: 1 })
    tell({ name: 'view_clicked', kind: 'button_click', ticket: TICKET, mediaKey: null, button: 'inline' })
  } else tell({ name: 'link_received', source, links: 1 })
  tell({ name: 'choice_made', ticket: TICKET, format, remembered: random.chance(0.3) })
  if (random.chance(platform === 'instagram' ? 0.25 : 0.05)) {
    const [stage, code] = random.pick(FAULTS)
    tell({ name: 'download_failed', ticket: TICKET, source, platform, stage, code })
    return
  }
  const cached = random.chance(0.42)
  const mediaKey = `${platform}.${Math.floor(60 * random.next() ** 3)}.${format}.full.public`
  const fetchS = 3 + random.next() ** 2 * 25
  const stageSeconds = cached
    ? {}
    : {
        inspect: 1 + random.next(),
        fetch: fetchS,
        transcode: random.next() * 6,
        send: 1 + random.next(),
        upload: 1,
      }
  const waitedMs = cached ? 200 + random.below(900) : 4_000 + fetchS * 1_000 + random.below(9_000)
  tell({
    ...{ name: 'download_completed', ticket: TICKET, source, platform, mediaKey, height: 720 },
    ...{ sizeBytes: 4_000_000 + random.below(40_000_000), cached, waitedMs, stageSeconds },
  })
}
