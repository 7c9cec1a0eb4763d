import { accepting } from './accepting.ts'
import { manyLinks, oneLink } from './crowds.ts'
import { dashboard } from './dashboard.ts'
import type { Measurement } from './figure.ts'
import { firstDeliveries } from './first-delivery.ts'
import { ingest } from './ingest.ts'
import { memory } from './memory.ts'
import { publishing } from './publishing.ts'
import { repeat } from './repeat.ts'
import { withoutPostgres } from './without-postgres.ts'

/** All that is measured, in the order in which it is: the idle product is the one that has just started. */
export const MEASUREMENTS: readonly Measurement[] = [
  memory,
  ...firstDeliveries,
  repeat,
  manyLinks,
  oneLink,
  accepting,
  publishing,
  ingest,
  withoutPostgres,
  dashboard,
]
