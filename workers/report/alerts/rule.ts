import type { Config } from '../../../src/shared/config.ts'

/** Everything that is watched. The texts are `alert-<id>` in the locale files. */
export const ALERT_IDS = [
  'error_rate',
  'queue_age',
  'dead_letters',
  'extractor_broken',
  'disk_low',
  'storage_away',
  'churn',
  'conversion',
  'silence',
  'no_data',
] as const
export type AlertId = (typeof ALERT_IDS)[number]

/** When a value is told. All are such that more is worse. */
export interface Rule {
  /** From here on it is wrong. */
  fireAt: number
  /** Below this it is well again. Lower than `fireAt`: a value that swings around the limit is told once. */
  resolveBelow: number
  /** It must be wrong for so long before it is told, and well for so long before that is. */
  forMs: number
  /** Told again no sooner than this, however often it comes and goes. */
  coolDownMs: number
}

const MINUTE_MS = 60_000

/** Requests in a quarter of an hour, below which a share of failures says nothing. */
export const FEWEST_REQUESTS = 20
/** People of a week, below which a conversion or a share of those who left says nothing. */
export const FEWEST_PEOPLE = 30
/** Events in the day before, below which silence is nothing unusual. */
export const FEWEST_EVENTS = 50

/** The rules, with the limits that an operator may set. */
export function rulesFor(config: Config<'reports'>): Record<AlertId, Rule> {
  const coolDownMs = config.ALERT_COOL_DOWN_MINUTES * MINUTE_MS
  const rule = (fireAt: number, resolveBelow: number, minutes: number): Rule => ({
    ...{ fireAt, resolveBelow, coolDownMs },
    forMs: minutes * MINUTE_MS,
  })
  const errors = config.ALERT_ERROR_PERCENT / 100
  const churn = config.ALERT_CHURN_PERCENT / 100
  const drop = config.ALERT_CONVERSION_DROP_PERCENT / 100
  const { ALERT_QUEUE_AGE_SECONDS: ageS, ALERT_DEAD_LETTERS: letters, ALERT_SILENCE_HOURS: silentH } = config
  return {
    error_rate: rule(errors, errors * 0.75, 5),
    queue_age: rule(ageS, ageS / 2, 2),
    dead_letters: rule(letters, Math.max(1, letters * 0.75), 1),
    extractor_broken: rule(3, 1, 0),
    disk_low: rule(1, 0.75, 1),
    storage_away: rule(1, 1, 2),
    churn: rule(churn, churn * 0.9, 0),
    conversion: rule(drop, drop * 0.75, 0),
    silence: rule(silentH, silentH, 0),
    no_data: rule(1, 1, 5),
  }
}
