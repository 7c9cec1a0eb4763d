import { cache } from '../../src/shared/metrics/content-metrics.ts'
import { addDays, daysBetween } from '../../src/shared/metrics/days.ts'
import { funnel } from '../../src/shared/metrics/funnel-metrics.ts'
import { overview } from '../../src/shared/metrics/overview-metric.ts'
import { activePeople, churn } from '../../src/shared/metrics/people-metrics.ts'
import { type Db, readRows } from '../../src/shared/metrics/read-metric.ts'
import { survey } from '../../src/shared/metrics/survey-metric.ts'

/** Days of REPORT_TZ, both included. */
export interface Range {
  from: string
  to: string
}

/** People of the funnel may take so many days; whoever started later is not in it yet. */
const FUNNEL_DAYS = 8

const STEPS = ['start', 'link', 'download', 'second_download', 'referral'] as const
export type FunnelStep = (typeof STEPS)[number]

export type Numbers = Awaited<ReturnType<ReturnType<typeof createNumbers>['ofRange']>>
export type Funnel = Record<FunnelStep, { people: number; ofPrevious: number | null }> & { range: Range }
export interface DayNumbers {
  day: string
  people: number
  files: number
}

/** What reports say, out of the metrics of the dashboard. */
export function createNumbers(db: Db) {
  const query = (range: Range, today: string) => ({
    ...{ ...range, today, bot: null, source: null, platform: null, limit: 100 },
  })

  /** Of a range that ends so early that nobody of it is still on the way; as long as the one that is given. */
  const closedFunnel = async ({ from, to }: Range, today: string): Promise<Funnel> => {
    const last = addDays(today, -FUNNEL_DAYS)
    const end = to < last ? to : last
    const range = { from: addDays(end, -daysBetween(from, to)), to: end }
    const rows = await readRows(db, funnel, query(range, today))
    const step = (name: FunnelStep) => {
      const row = rows.find((one) => one.step === name)
      return { people: row?.people ?? 0, ofPrevious: row?.ofPrevious ?? null }
    }
    const [start, link, download, second_download, referral] = STEPS.map(step)
    const none = { people: 0, ofPrevious: null }
    return {
      ...{ range, start: start ?? none, link: link ?? none, download: download ?? none },
      ...{ second_download: second_download ?? none, referral: referral ?? none },
    }
  }

  return {
    closedFunnel,

    /** Everything that a report of some days says. */
    async ofRange(range: Range, today: string) {
      const [[all], steps, answers] = await Promise.all([
        readRows(db, overview, query(range, today)),
        closedFunnel(range, today),
        readRows(db, survey, query(range, today)),
      ])
      if (!all) throw new Error('the overview has no row')
      const very = answers.find(({ question, answer }) => question === 'pmf' && answer === 'very')
      return { overview: all, funnel: steps, survey: very ?? null }
    },

    /** People and files of each day; 0 for a day that nobody has counted. */
    async byDay(range: Range, today: string): Promise<DayNumbers[]> {
      const [people, files] = await Promise.all([
        readRows(db, activePeople, query(range, today)),
        readRows(db, cache, query(range, today)),
      ])
      return people.map(({ day, dau }) => ({
        ...{ day, people: dau ?? 0 },
        files: files.find((one) => one.day === day)?.downloads ?? 0,
      }))
    },

    /** Of the last day that is over. */
    async lastChurn(today: string) {
      const day = addDays(today, -1)
      const [row] = await readRows(db, churn, query({ from: day, to: day }, today))
      return { before: row?.before ?? 0, share: row?.share ?? null }
    },
  }
}
