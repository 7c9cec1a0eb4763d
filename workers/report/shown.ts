type Language = 'en' | 'ru'

/** What stands where nobody can know a number yet. */
const UNKNOWN = '—'

/** Numbers as people write them. */
export function shownNumber(language: Language, value: number | null): string {
  if (value === null) return UNKNOWN
  return new Intl.NumberFormat(language, { maximumFractionDigits: value < 100 ? 1 : 0 }).format(value)
}

export function shownShare(language: Language, value: number | null): string {
  if (value === null) return UNKNOWN
  const options = { style: 'percent', maximumFractionDigits: value < 0.1 ? 1 : 0 } as const
  return new Intl.NumberFormat(language, options).format(value)
}

/** A day (YYYY-MM-DD): 6 Feb, 06.02. */
export function shownDay(language: Language, day: string): string {
  const options =
    language === 'ru'
      ? ({ day: '2-digit', month: '2-digit' } as const)
      : ({ day: 'numeric', month: 'short' } as const)
  return new Intl.DateTimeFormat(language === 'ru' ? 'ru' : 'en-GB', { ...options, timeZone: 'UTC' }).format(
    Date.parse(`${day}T00:00:00Z`),
  )
}
