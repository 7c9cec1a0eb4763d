import { z } from 'zod'

declare global {
  namespace Intl {
    interface Locale {
      /** In Node since 18; TypeScript does not know it yet. */
      getTimeZones(): string[] | undefined
    }
  }
}

const OfLanguage = z.object({
  language: z.string(),
  people: z.number(),
  activeDays: z.number(),
  downloads: z.number(),
})

interface Region {
  region: string
  /** Several zones of one region are shown as the first few and how many more. */
  timeZones: string
  isNamed: boolean
}

const UNKNOWN: Region = { region: 'unknown', timeZones: '', isNamed: false }
const MOST_ZONES = 3

/** Where somebody with that language tag likely is. */
export function likelyRegion(tag: string): Region {
  try {
    const locale = new Intl.Locale(tag)
    const { region } = locale.maximize()
    if (region === undefined) return UNKNOWN
    const zones = new Intl.Locale('und', { region }).getTimeZones() ?? []
    const more = zones.length > MOST_ZONES ? ` +${zones.length - MOST_ZONES}` : ''
    return {
      region,
      timeZones: zones.slice(0, MOST_ZONES).join(', ') + more,
      isNamed: locale.region !== undefined,
    }
  } catch {
    // What is no language tag.
    return UNKNOWN
  }
}

/** Sums rows by language into rows by likely region, most new people first. */
export function byRegion(rows: readonly Record<string, unknown>[]) {
  const regions = new Map<string, Region & z.infer<typeof OfLanguage> & { namedDays: number }>()
  for (const row of z.array(OfLanguage).parse(rows)) {
    const place = likelyRegion(row.language)
    const sum = regions.get(place.region)
    const namedDays = place.isNamed ? row.activeDays : 0
    if (!sum) regions.set(place.region, { ...row, ...place, namedDays })
    else {
      sum.people += row.people
      sum.activeDays += row.activeDays
      sum.downloads += row.downloads
      sum.namedDays += namedDays
    }
  }
  return [...regions.values()]
    .map(({ region, timeZones, people, activeDays, downloads, namedDays }) => ({
      ...{ region, timeZones, people, activeDays, downloads },
      named: activeDays > 0 ? namedDays / activeDays : null,
    }))
    .sort((a, b) => b.people - a.people || b.activeDays - a.activeDays || (a.region < b.region ? -1 : 1))
}
