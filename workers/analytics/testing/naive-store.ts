import { ACTIONS, type AnalyticsEvent } from '../../../queues/event.ts'
import { mediaIdOf } from '../../../queues/media.ts'

type Of<N extends AnalyticsEvent['name']> = Extract<AnalyticsEvent, { name: N }>

interface Options {
  nameOf(botId: number): string
  timeZone: string
  /** Names of the experiments that there are: test and variant, joined by a colon. */
  variants: readonly string[]
}

/**
 * What the tables must hold after these events, found by looking at all of them for each row: slow, and simple enough to
 * be believed. Rows are texts, sorted.
 */
export function naiveStore(given: readonly AnalyticsEvent[], { nameOf, timeZone, variants }: Options) {
  const events = [...new Map(given.map((event) => [event.id, event])).values()]
  const of = <N extends AnalyticsEvent['name']>(name: N) =>
    events.filter((event): event is Of<N> => event.name === name)
  const bot = (event: AnalyticsEvent) => nameOf(event.botId)
  const day = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' })
  const downloads = of('download_completed')
  const rows = (lines: (readonly unknown[])[]) =>
    [...new Set(lines.map((line) => line.map((cell) => String(cell)).join(' ')))].sort()
  const oldest = <E extends AnalyticsEvent>(list: readonly E[]) => list.toSorted((a, b) => a.atMs - b.atMs)[0]
  const newest = <E extends AnalyticsEvent>(list: readonly E[]) => list.toSorted((a, b) => b.atMs - a.atMs)[0]

  const about = new Map<string, { bot: string; userId: number; times: number[]; own: AnalyticsEvent[] }>()
  const meet = (event: AnalyticsEvent, userId: number, isOwn: boolean) => {
    const key = `${bot(event)} ${userId}`
    const person = about.get(key) ?? { bot: bot(event), userId, times: [], own: [] }
    person.times.push(event.atMs)
    if (isOwn) person.own.push(event)
    about.set(key, person)
  }
  for (const event of events) {
    if (event.name === 'user_referred') meet(event, event.referredUserId, false)
    else if (event.userId !== null && event.name !== 'bonus_granted') meet(event, event.userId, true)
  }
  const users = [...about.values()].map(({ bot: name, userId, times, own }) => {
    const start = oldest(own.filter((event): event is Of<'bot_start'> => event.name === 'bot_start'))
    const talk = own.filter((e): e is Of<'bot_start' | 'session_start'> => 'language' in e)
    const by = of('user_referred').find((e) => e.referredUserId === userId && bot(e) === name)
    const had = own.filter((event) => event.name === 'download_completed').length
    return [
      ...[name, userId, Math.min(...times), Math.max(...times), had, by?.userId ?? null],
      ...[newest(talk)?.language ?? null, start?.source ?? 'organic', start?.campaign ?? null],
      start?.atMs ?? null,
    ]
  })

  const ads = Map.groupBy([...of('ad_shown'), ...of('ad_clicked')], (event) =>
    [bot(event), event.userId, event.ticket, event.campaignId].join(':'),
  )

  return {
    events: rows(events.map((e) => [e.id, e.name, e.atMs, bot(e), e.userId])),
    users: rows(users),
    shared_users: rows(
      [...new Set(users.map(([, id]) => id))].map((id) => {
        const mine = users.filter((user) => user[1] === id)
        return [id, Math.min(...mine.map((u) => Number(u[2]))), Math.max(...mine.map((u) => Number(u[3])))]
      }),
    ),
    downloads: rows(
      downloads.map((e) => [e.id, e.atMs, bot(e), e.userId, mediaIdOf(e.mediaKey), e.height, e.sizeBytes]),
    ),
    videos: rows(
      [...Map.groupBy(downloads, ({ mediaKey }) => mediaIdOf(mediaKey))].map(([videoId, same]) => {
        const times = same.map(({ atMs }) => atMs)
        return [videoId, same[0]?.platform, Math.min(...times), same.length, Math.max(...times)]
      }),
    ),
    daily_active: rows(
      events
        .filter((e) => e.userId !== null && ACTIONS.some((name) => name === e.name))
        .map((e) => [day.format(e.atMs), bot(e), e.userId]),
    ),
    referrals: rows(of('user_referred').map((e) => [bot(e), e.userId, e.referredUserId, e.atMs])),
    bonus_ledger: rows(
      of('bonus_granted').map((e) => ['referral', `${bot(e)}:${e.referredUserId}`, e.userId, e.amount]),
    ),
    click_events: rows(
      of('view_clicked').map((e) => [
        ...[e.id, bot(e), e.userId, e.kind, e.mediaKey === null ? null : mediaIdOf(e.mediaKey), e.button],
        e.atMs,
      ]),
    ),
    ad_impressions: rows(
      [...ads].map(([key, same]) => {
        const clicks = same.filter((e) => e.name === 'ad_clicked').map(({ atMs }) => atMs)
        const first = Math.min(...same.map(({ atMs }) => atMs))
        return [key, clicks.length > 0, clicks.length > 0 ? Math.min(...clicks) : null, first]
      }),
    ),
    ab_test_assignments: rows(
      of('experiment_seen')
        .filter((e) => variants.includes(`${e.test}:${e.variant}`))
        .map((e) => {
          const same = of('experiment_seen').filter(
            (o) => o.userId === e.userId && bot(o) === bot(e) && o.test === e.test && o.variant === e.variant,
          )
          return [bot(e), e.userId, `${e.test}:${e.variant}`, Math.min(...same.map(({ atMs }) => atMs))]
        }),
    ),
  }
}
