/** What is to be told of counting it. */
export interface Cost {
  /** Before it, and how many are free in all; 0: no limit, or it costs nothing. */
  used: number
  allowed: number
  /** When its person ran into the limit, by this very request. */
  reachedAtMs: number | null
  /** The variant that they have met by it, and when. */
  met: { variant: string; atMs: number } | null
}

/** What counting needs (`people/quota.ts`). `above` '': they have no limit. */
export interface Quota {
  free: number
  test: string
  above: 'nothing' | 'ad' | 'wait' | 'stop' | ''
  waitMs: number
}
/** Nothing is counted. */
export const NO_LIMIT: Quota = { free: 0, test: '', above: '', waitMs: 0 }

/** As `charge.lua` answers. */
export function costOf([used, allowed, , reachedAtMs, variant, metAtMs]: readonly string[]): Cost {
  return {
    ...{ used: Number(used), allowed: Number(allowed) },
    reachedAtMs: reachedAtMs ? Number(reachedAtMs) : null,
    met: variant ? { variant, atMs: Number(metAtMs) } : null,
  }
}
