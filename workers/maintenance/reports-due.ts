import type { DataOf } from '../../queues/pipeline.ts'
import { addDays, dayIn, weekOf } from '../../src/shared/metrics/days.ts'

const MINUTE_MS = 60_000
/** An older day's digest is no news any more. */
const MOST_DAYS_LATE = 2

export interface DueReport {
  data: DataOf<'report'>
  jobId: string
}

/**
 * Pure: the reports that may be due at a moment. The stage knows what was sent already, and to whom it goes; so a report
 * is named by its day and, because one that failed for good keeps its name, by the hour: it is tried again each hour.
 */
export function reportsDue(nowMs: number, timeZone: string): DueReport[] {
  const minute = Math.floor(nowMs / MINUTE_MS)
  const hour = Math.floor(minute / 60)
  const today = dayIn(timeZone, nowMs)
  const closed = Array.from({ length: MOST_DAYS_LATE }, (_, n) => addDays(today, n - MOST_DAYS_LATE))
  const due: DueReport[] = closed.map((day) => ({
    data: { kind: 'digest', day },
    jobId: `digest-${day}-${hour}`,
  }))
  const sunday = addDays(weekOf(today), -1)
  if (closed.includes(sunday))
    due.push({ data: { kind: 'weekly', day: sunday }, jobId: `weekly-${sunday}-${hour}` })
  due.push({ data: { kind: 'new_people' }, jobId: `new_people-${minute}` })
  due.push({ data: { kind: 'alerts' }, jobId: `alerts-${minute}` })
  return due
}
