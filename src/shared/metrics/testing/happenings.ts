import type { Seeded } from './seeded.ts'

const LANGUAGES = ['ru', 'en', 'pt-BR', 'uk', 'en-GB', 'zz-not-a-tag-at-all', 'kk'] as const
const PLATFORMS = ['youtube', 'tiktok', 'instagram', 'generic'] as const
const SOURCES = ['message', 'message', 'inline', 'deep_link', 'group'] as const
const TICKET = 'ABCDEF'

/** Properties of a /start. */
export const start = (random: Seeded) => {
  const source = random.pick(['organic', 'organic', 'referral', 'campaign'])
  return {
    ...{ source, isNew: random.chance(0.5), language: random.pick(LANGUAGES) },
    campaign: source === 'campaign' ? random.pick(['habr', 'vc', 'habr']) : null,
    referrerId: source === 'referral' ? 1 : null,
  }
}
export const session = (random: Seeded, ordinal: number) => ({
  ...{ ordinal, daysSinceFirst: random.below(30), daysSinceLast: null, language: random.pick(LANGUAGES) },
})

/** Something that a person does or that befalls them: its name and properties. */
export function something(random: Seeded): [string, object] {
  const platform = random.pick(PLATFORMS)
  const mediaKey = `${platform}.v.${random.below(25)}.${random.pick(['v720', 'v1080', 'a-m4a'])}.full.public`
  const cached = random.chance(0.4)
  const campaignId = 1 + random.below(3)
  const download: [string, object] = [
    'download_completed',
    {
      ...{
        ticket: TICKET,
        source: random.pick(SOURCES),
        platform,
        mediaKey,
        height: 720,
        sizeBytes: random.below(5e7),
        cached,
      },
      waitedMs: random.below(cached ? 900 : 90_000),
      stageSeconds: cached
        ? {}
        : { inspect: random.next(), fetch: random.next() * 60, send: random.next() * 3 },
    },
  ]
  const link: [string, object] = [
    'link_received',
    { source: random.pick(SOURCES), links: 1 + random.below(3) },
  ]
  const things: [[string, object], ...[string, object][]] = [
    link,
    ...[link, link, download, download, download],
    [
      'choice_made',
      { ticket: TICKET, format: random.pick(['v720', 'v1080', 'a-mp3']), remembered: random.chance(0.3) },
    ],
    ['inline_query', { hasLink: random.chance(0.5), results: random.below(3) }],
    [
      'view_clicked',
      { kind: random.pick(['button_click', 'deep_link']), ticket: TICKET, mediaKey: null, button: null },
    ],
    [
      'download_failed',
      {
        ...{ ticket: TICKET, source: random.pick(SOURCES), platform: random.chance(0.2) ? null : platform },
        ...{
          stage: random.pick(['inspect', 'fetch', 'send']),
          code: random.pick(['gone', 'private', 'network']),
        },
      },
    ],
    [
      'limit_reached',
      {
        ...{ limit: random.pick(['free', 'minute', 'day', 'active']), used: 10, allowed: 10 },
        ...{ policy: random.pick([null, 'ad', 'stop']), daysSinceFirst: random.below(40) },
      },
    ],
    ['ad_shown', { ticket: TICKET, campaignId }],
    ['ad_clicked', { ticket: TICKET, campaignId }],
    ['bonus_granted', { referredUserId: 1, amount: 5 }],
    [
      'survey_completed',
      {
        ...{
          pmf: random.pick(['very', 'somewhat', 'not', 'not_applicable']),
          hasWords: false,
          downloads: 10,
          daysSinceFirst: 3,
        },
        usefulFor: random.pick([null, 'video', 'audio', 'speed']),
      },
    ],
    ['feature_used', { feature: random.pick(['help', 'quality', 'stats', 'referral']) }],
    ['experiment_seen', { test: 'limits', variant: random.pick(['10', '15']) }],
  ]
  return random.pick(things)
}
