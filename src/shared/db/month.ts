/** A month of UTC as `2026-11`: it sorts as text. */
export type Month = string

export const monthOf = (ms: number): Month => new Date(ms).toISOString().slice(0, 7)

/** So many months later, or earlier. */
export function nextMonth(month: Month, by: number): Month {
  const [year = 0, ordinal = 1] = month.split('-').map(Number)
  return monthOf(Date.UTC(year, ordinal - 1 + by, 1))
}

/** Both included. */
export function monthsBetween(first: Month, last: Month): Month[] {
  const months: Month[] = []
  for (let month = first; month <= last; month = nextMonth(month, 1)) months.push(month)
  return months
}
