import { type AnalyticsEvent, type EventName, eventId } from '../../../queues/event.ts'
import { mediaKey } from '../../../queues/media.ts'

/** Where numbers come from: a seeded source, so that a run can be had again. */
interface Chance {
  between(min: number, max: number): number
  pick<T>(from: readonly T[]): T
  chance(probability: number): boolean
}

interface Options {
  chance: Chance
  count: number
  people: number
  botIds: readonly number[]
  fromMs: number
  days: number
}

/** Of a hundred events or so, as people are: most ask for files, a few do the rest. */
const MIX: readonly [EventName, number][] = [
  ['link_received', 22],
  ['download_completed', 20],
  ['choice_made', 16],
  ['session_start', 12],
  ['view_clicked', 8],
  ['bot_start', 5],
  ['download_failed', 4],
  ['feature_used', 3],
  ['inline_query', 3],
  ['limit_reached', 2],
  ['ad_shown', 2],
  ['ad_clicked', 1],
  ['survey_completed', 1],
  ['user_referred', 1],
  ['bonus_granted', 1],
  ['experiment_seen', 1],
  ['bot_error', 1],
]
const BAG = MIX.flatMap(([name, weight]) => Array.from({ length: weight }, () => name))
const ALPHABET = 'ABCDEFGHJKMNPQRSTVWXYZ23456789'
const PLATFORMS = ['youtube', 'tiktok', 'instagram', 'vimeo', 'generic']

/** Events that could have happened, in no order, no two at the same moment. */
export function someEvents({ chance, count, people, botIds, fromMs, days }: Options): AnalyticsEvent[] {
  const { between, pick } = chance
  const moments = new Set<number>()
  const moment = (): number => {
    const atMs = fromMs + between(0, days * 24 * 3600_000 - 1)
    if (moments.has(atMs)) return moment()
    moments.add(atMs)
    return atMs
  }
  /** Some do much, most do little. */
  const person = () => 100_000 + Math.floor(people * (between(0, 999) / 1000) ** 2)
  const ticket = () => Array.from({ length: 6 }, () => pick([...ALPHABET])).join('')
  const media = () => {
    const platform = pick(PLATFORMS)
    const id = `${platform}.m.${between(1, 50) * between(1, 50)}`
    return { platform, mediaKey: mediaKey(id, pick(['v720', 'v1080', 'a-m4a'])) }
  }
  const shown: { botId: number; userId: number; ticket: string; campaignId: number }[] = []
  const referred = new Map<string, { botId: number; userId: number; referredUserId: number }>()

  return Array.from({ length: count }, (_, n): AnalyticsEvent => {
    const name = pick(BAG)
    const botId = pick(botIds)
    const of = { id: eventId(name, n, fromMs), atMs: moment(), botId, userId: person() }
    const language = pick(['en', 'ru', 'de'])
    const source = pick(['message', 'message', 'inline', 'deep_link', 'group'] as const)
    switch (name) {
      case 'link_received':
        return { ...of, name, source, links: between(1, 3) }
      case 'download_completed': {
        const cached = chance.chance(0.4)
        const stageSeconds = cached ? {} : { fetch: between(1, 900) / 10, transcode: between(1, 500) / 10 }
        const sizeBytes = between(1e5, 2e9)
        const height = pick([720, 1080, null])
        return {
          ...{ ...of, name, source, ...media(), ticket: ticket(), height, sizeBytes },
          ...{ cached, waitedMs: between(200, 90_000), stageSeconds },
        }
      }
      case 'choice_made':
        return { ...of, name, ticket: ticket(), format: pick(['v720', 'a-mp3']), remembered: false }
      case 'session_start':
        return { ...of, name, ordinal: between(1, 99), daysSinceFirst: 3, daysSinceLast: 1, language }
      case 'view_clicked': {
        const kind = pick(['button_click', 'deep_link'] as const)
        const key = chance.chance(0.5) ? media().mediaKey : null
        return { ...of, name, kind, ticket: ticket(), mediaKey: key, button: pick(['v720', null]) }
      }
      case 'bot_start': {
        const origin = pick(['organic', 'referral', 'campaign'] as const)
        const campaign = origin === 'campaign' ? pick(['summer', 'winter']) : null
        return { ...of, name, source: origin, campaign, referrerId: null, isNew: false, language }
      }
      case 'download_failed':
        return { ...of, name, source, ticket: ticket(), platform: 'youtube', stage: 'fetch', code: 'gone' }
      case 'feature_used':
        return { ...of, name, feature: pick(['help', 'stats', 'referral', 'privacy']) }
      case 'inline_query':
        return { ...of, name, hasLink: true, results: between(0, 5) }
      case 'limit_reached':
        return { ...of, name, limit: 'free', used: 10, allowed: 10, policy: 'ad', daysSinceFirst: 4 }
      case 'ad_shown': {
        const ad = { botId, userId: of.userId, ticket: ticket(), campaignId: between(1, 4) }
        shown.push(ad)
        return { ...of, name, ...ad }
      }
      case 'ad_clicked': {
        const ad = shown.length > 0 ? pick(shown) : { ticket: ticket(), campaignId: 1 }
        return { ...of, name, ...ad }
      }
      case 'survey_completed':
        return {
          ...{ ...of, name, pmf: pick(['very', 'somewhat', 'not'] as const), usefulFor: 'video' },
          ...{ hasWords: false, downloads: 10, daysSinceFirst: 9 },
        }
      case 'user_referred': {
        // Everybody is brought once.
        const pair = { botId, userId: of.userId, referredUserId: fromMs + n }
        referred.set(`${n}`, pair)
        return { ...of, name, ...pair }
      }
      case 'bonus_granted': {
        const [key, pair] = [...referred][0] ?? []
        if (!key || !pair) return { ...of, name: 'feature_used', feature: 'help' }
        referred.delete(key)
        return { ...of, name, ...pair, amount: 5 }
      }
      case 'experiment_seen':
        return { ...of, name, test: pick(['limit', 'unheard_of']), variant: pick(['ten', 'fifteen', 'gone']) }
      default:
        return { ...of, userId: null, name: 'bot_error', ticket: null, stage: 'send', code: 'internal' }
    }
  })
}
