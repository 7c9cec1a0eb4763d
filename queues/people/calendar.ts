/** A day and its month, as the keys of the counters have them: YYYYMMDD and YYYYMM. */
export interface CalendarDay {
  day: string
  month: string
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** On which day of a time zone (REPORT_TZ) a moment is. */
export function calendarDay(atMs: number, timeZone: string): CalendarDay {
  let format = formats.get(timeZone)
  if (!format) {
    // Sweden writes dates as ISO does.
    const digits = { year: 'numeric', month: '2-digit', day: '2-digit' } as const
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, ...digits })
    formats.set(timeZone, format)
  }
  const day = format.format(atMs).replaceAll('-', '')
  return { day, month: day.slice(0, 6) }
}
