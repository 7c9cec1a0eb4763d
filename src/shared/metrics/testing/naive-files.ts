import { files, inRange, isCached, type Naive, named, ofSite, sum } from './naive-range.ts'
import { eachDay, isAction, over, type PastEvent, propOf, tally } from './past.ts'

export const platformDownloads: Naive = (past, query) => {
  const all = files(past, query)
  return [...tally(all, (e) => propOf(e, 'platform'))].map(([platform, downloads]) => {
    const own = all.filter((e) => propOf(e, 'platform') === platform)
    return {
      platform,
      downloads,
      cached: own.filter(isCached).length,
      sizeBytes: sum(own, 'sizeBytes'),
      share: downloads / all.length,
    }
  })
}

export const askedBy: Naive = (past, query) => {
  const all = files(past, query)
  return [...tally(all, (e) => propOf(e, 'source'))].map(([way, downloads]) => ({
    askedBy: way,
    downloads,
    share: downloads / all.length,
  }))
}

export const topMedia: Naive = (past, query) => {
  const media = (e: PastEvent) => propOf<string>(e, 'mediaKey').split('.').slice(0, -3).join('.')
  const all = files(past, query)
  const cached = tally(all.filter(isCached), media)
  return [...tally(all, media)].map(([id, downloads]) => ({
    ...{ media: id, platform: id.split('.')[0], downloads, cached: cached.get(id) ?? 0 },
  }))
}

export const cache: Naive = (past, query) => {
  const all = files(past, query)
  const work = (e: PastEvent) =>
    Object.values(propOf<Record<string, number>>(e, 'stageSeconds')).reduce(
      (a, b) => a + Math.round(b * 1000),
      0,
    ) / 1000
  const fetched = all.filter((e) => !isCached(e))
  const mean = (platform: string) => {
    const own = fetched.filter((e) => propOf(e, 'platform') === platform)
    return own.length === 0 ? 0 : own.reduce((total, e) => total + work(e), 0) / own.length
  }
  return eachDay(query.from, query.to).map((day) => {
    if (day < past.firstDay || day > past.today)
      return { day, downloads: null, cached: null, hitRate: null, secondsSaved: null }
    const own = all.filter((e) => e.day === day)
    const cached = own.filter(isCached)
    const secondsSaved = cached.reduce((total, e) => total + mean(propOf(e, 'platform')), 0)
    return {
      day,
      downloads: own.length,
      cached: cached.length,
      hitRate: over(cached.length, own.length),
      secondsSaved,
    }
  })
}

export const hours: Naive = (past, query) => {
  const events = inRange(past, query)
  const rows: Record<string, number>[] = []
  for (let weekday = 1; weekday <= 7; weekday++)
    for (let hour = 0; hour < 24; hour++) {
      const own = events.filter(
        (e) =>
          e.userId !== null &&
          past.hourOf(e.atMs) === hour &&
          (new Date(`${e.day}T12:00:00Z`).getUTCDay() || 7) === weekday,
      )
      rows.push({
        weekday,
        hour,
        actions: own.filter(isAction).length,
        links: named(own, 'link_received').length,
        downloads: named(own, 'download_completed').length,
      })
    }
  return rows
}

export const failures: Naive = (past, query) => {
  const failed = ofSite(named(inRange(past, query), 'download_failed'), query)
  const site = (e: PastEvent) => propOf<string | null>(e, 'platform') ?? 'unknown'
  return [...tally(failed, (e) => JSON.stringify([site(e), e.stage, e.code]))].map(([key, count]) => {
    const [platform, stage, code] = JSON.parse(key)
    const ends = [...failed, ...files(past, query)].filter((e) => site(e) === platform).length
    return { platform, stage, code, failures: count, rate: count / ends }
  })
}

/** Exact where SQL reads buckets: the test allows for that. */
export const stageSeconds: Naive = (past, query) => {
  const runs = new Map<string, number[]>()
  const add = (stage: string, seconds: number) => runs.set(stage, [...(runs.get(stage) ?? []), seconds])
  for (const file of files(past, query)) {
    add(isCached(file) ? 'waited_cached' : 'waited_fetched', propOf<number>(file, 'waitedMs') / 1000)
    if (!isCached(file))
      for (const [stage, s] of Object.entries(propOf<Record<string, number>>(file, 'stageSeconds')))
        add(stage, Math.round(s * 1000) / 1000)
  }
  return [...runs].map(([stage, all]) => {
    const sorted = all.toSorted((a, b) => a - b)
    const at = (percent: number) => sorted[Math.ceil((percent / 100) * sorted.length) - 1]
    return {
      stage,
      runs: all.length,
      mean: all.reduce((a, b) => a + b, 0) / all.length,
      p50: at(50),
      p95: at(95),
    }
  })
}
