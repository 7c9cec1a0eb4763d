const DAY_MS = 24 * 3600_000

/** The day that it is there, YYYY-MM-DD. */
export function dayIn(timeZone: string, atMs: number): string {
  // Sweden writes dates as ISO does.
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(atMs)
}

/** @returns the day `days` later (earlier, when negative) */
export const addDays = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)

/** How many days later `to` is. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS)

/** @returns the days from the one to the other, both included, earliest first */
export const daysFrom = (from: string, to: string): string[] =>
  Array.from({ length: Math.max(0, daysBetween(from, to) + 1) }, (_, n) => addDays(from, n))

/** The Monday of its week. */
export const weekOf = (day: string): string =>
  addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7))

const monthOf = (day: string): string => `${day.slice(0, 7)}-01`
const nextMonth = (day: string): string => monthOf(addDays(monthOf(day), 31))

/**
 * The months that lie in a range of days as a whole.
 * @returns the first day of the first one, and the day after the last one; twice the day after the range, when it holds none
 */
export function wholeMonths({ from, to }: { from: string; to: string }): [first: string, after: string] {
  const first = monthOf(from) === from ? from : nextMonth(from)
  const after = monthOf(addDays(to, 1))
  return first < after ? [first, after] : [addDays(to, 1), addDays(to, 1)]
}
