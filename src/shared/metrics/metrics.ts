import { hours, languages, regions } from './audience-metrics.ts'
import { askedBy, cache, platformDownloads, topMedia } from './content-metrics.ts'
import { funnel, inlineFunnel, sources } from './funnel-metrics.ts'
import { ads, features, formats, limits, referrals } from './growth-metrics.ts'
import type { Metric } from './metric.ts'
import { overview } from './overview-metric.ts'
import { activePeople, churn, newPeople, sessions } from './people-metrics.ts'
import { errors, failures, stageSeconds } from './quality-metrics.ts'
import { cohorts, retention } from './retention-metrics.ts'
import { survey } from './survey-metric.ts'

/** Every metric there is: the one place from which the dashboard, the API, the digest and the chat take them. */
export const METRICS: readonly Metric[] = [
  overview,
  activePeople,
  newPeople,
  sessions,
  retention,
  cohorts,
  churn,
  funnel,
  inlineFunnel,
  sources,
  platformDownloads,
  topMedia,
  formats,
  askedBy,
  hours,
  languages,
  regions,
  cache,
  stageSeconds,
  failures,
  errors,
  limits,
  survey,
  referrals,
  ads,
  features,
]
