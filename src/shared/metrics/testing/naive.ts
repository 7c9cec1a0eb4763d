import type { MetricQuery } from '../metric.ts'
import * as content from './naive-files.ts'
import * as funnels from './naive-funnels.ts'
import * as people from './naive-people.ts'
import { files, inRange, named, sum } from './naive-range.ts'
import * as things from './naive-things.ts'
import { eachDay, later, looking, over, type Past } from './past.ts'

type Rows = Record<string, unknown>[]
type Naive = (past: Past, query: MetricQuery) => Rows

const regions: Naive = (past, query) => {
  const rows = new Map<string, { people: number; activeDays: number; downloads: number; named: number }>()
  for (const row of things.languages(past, query)) {
    const tag = String(row.language)
    const region = REGIONS[tag] ?? 'unknown'
    const sum = rows.get(region) ?? { people: 0, activeDays: 0, downloads: 0, named: 0 }
    sum.people += Number(row.people)
    sum.activeDays += Number(row.activeDays)
    sum.downloads += Number(row.downloads)
    if (/-[A-Z]{2}$/.test(tag)) sum.named += Number(row.activeDays)
    rows.set(region, sum)
  }
  return [...rows].map(([region, sum]) => ({ region, ...sum, named: over(sum.named, sum.activeDays) }))
}
/** Of the languages of the histories, as CLDR has them. */
const REGIONS: Record<string, string> = {
  ru: 'RU',
  en: 'US',
  'pt-BR': 'BR',
  uk: 'UA',
  'en-GB': 'GB',
  kk: 'KZ',
}

const overview: Naive = (past, query) => {
  const events = inRange(past, query)
  const known = eachDay(query.from, query.to).filter((day) => day >= past.firstDay && day <= past.today)
  const { activeOn } = looking(past, query)
  const lastDay = known.at(-1)
  const lastRow = lastDay ? people.activePeople(past, { ...query, from: lastDay, to: lastDay })[0] : undefined
  const count = (name: string) => named(events, name).length
  const total = (rows: Rows, column: string) => rows.reduce((sum, row) => sum + Number(row[column]), 0)
  const personDays = known.reduce((sum, day) => sum + (activeOn.get(day)?.size ?? 0), 0)
  const [downloads, failures] = [files(past, query), count('download_failed')]
  const cached = downloads.filter((file) => file.cached).length
  const fresh = people.newPeople(past, query)
  const retained = (n: number, column: string) => {
    const rows = people
      .retention(past, query)
      .filter((row) => row.people !== null && later(String(row.day), n) < past.today)
    return over(total(rows, column), total(rows, 'people'))
  }
  return [
    {
      ...{
        dau: over(personDays, known.length),
        wau: lastRow?.wau ?? null,
        mau: lastRow?.mau ?? null,
      },
      ...{
        newPeople: total(fresh, 'people'),
        started: total(fresh, 'started'),
        sessions: count('session_start'),
      },
      ...{
        linkMessages: count('link_received'),
        choices: count('choice_made'),
        inlineQueries: count('inline_query'),
      },
      ...{
        downloads: downloads.length,
        cached,
        hitRate: over(cached, downloads.length),
        perPerson: over(downloads.length, personDays),
      },
      waited: over(sum(downloads, 'waitedMs') / 1000, downloads.length),
      ...{
        failures,
        failureRate: over(failures, failures + downloads.length),
        d1: retained(1, 'd1'),
        d7: retained(7, 'd7'),
      },
      ...{ referred: count('user_referred'), limits: count('limit_reached'), adsShown: count('ad_shown') },
      ...{
        adsClicked: count('ad_clicked'),
        surveys: count('survey_completed'),
        botErrors: count('bot_error'),
      },
    },
  ]
}

/** Every metric again, by plain loops over raw events, sharing nothing with the SQL. */
export const NAIVE: Record<string, Naive> = {
  overview,
  'active-people': people.activePeople,
  'new-people': people.newPeople,
  sessions: people.sessions,
  retention: people.retention,
  cohorts: people.cohorts,
  churn: people.churn,
  funnel: funnels.funnel,
  'inline-funnel': funnels.inlineFunnel,
  sources: funnels.sources,
  'platform-downloads': content.platformDownloads,
  'top-media': content.topMedia,
  formats: things.formats,
  'asked-by': content.askedBy,
  hours: content.hours,
  languages: things.languages,
  regions,
  cache: content.cache,
  'stage-seconds': content.stageSeconds,
  failures: content.failures,
  errors: things.errors,
  limits: things.limits,
  survey: things.survey,
  referrals: things.referrals,
  ads: things.ads,
  features: things.features,
}
