import { addDays, dayIn } from '../../../src/shared/metrics/days.ts'
import type { createNumbers } from '../numbers.ts'
import { FEWEST_PEOPLE } from './rule.ts'
import type { Look } from './watch.ts'

const MINUTE_MS = 60_000
/** Numbers of days change slowly: they are looked at so often. */
const EVERY_MINUTES = 10

interface NumberDeps {
  numbers: Pick<ReturnType<typeof createNumbers>, 'closedFunnel' | 'lastChurn'>
  timeZone: string
}

/** What the numbers of the last days say. */
export function createNumberMeasures({ numbers, timeZone }: NumberDeps, nowMs: number) {
  const today = dayIn(timeZone, nowMs)
  const isTurn = Math.floor(nowMs / MINUTE_MS) % EVERY_MINUTES === 0
  const inTurn = (look: () => Promise<Look>) => async (): Promise<Look> => (isTurn ? await look() : null)

  return {
    churn: inTurn(async () => {
      const { before, share } = await numbers.lastChurn(today)
      return { value: before < FEWEST_PEOPLE ? 0 : (share ?? 0), detail: null }
    }),

    /** By how much the share of those who start and get a file has fallen, from one week to the next. */
    conversion: inTurn(async () => {
      const week = { from: addDays(today, -7), to: addDays(today, -1) }
      const now = await numbers.closedFunnel(week, today)
      const { from, to } = now.range
      const before = await numbers.closedFunnel({ from: addDays(from, -7), to: addDays(to, -7) }, today)
      if (Math.min(now.start.people, before.start.people) < FEWEST_PEOPLE) return { value: 0, detail: null }
      const [share, was] = [now, before].map(({ start, download }) => download.people / start.people)
      return { value: was ? Math.max(0, 1 - (share ?? 0) / was) : 0, detail: null }
    }),
  }
}
