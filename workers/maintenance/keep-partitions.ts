import type { Config } from '../../src/shared/config.ts'
import { ensurePartitions } from '../../src/shared/db/partitions.ts'
import type { Pool } from '../../src/shared/db/pool.ts'
import type { Logger } from '../../src/shared/logger.ts'

/** So far ahead that nobody need notice when this has not run for a month. */
const MONTHS_AHEAD = 3

interface Deps {
  db: Pool
  migrated(): Promise<void>
  reporting: Pick<Config<'reporting'>, 'EVENTS_KEEP_MONTHS'>
}

/** Partitions for the months to come; those whose time is over go. @returns how many came and went */
export async function keepPartitions({ db, migrated, reporting }: Deps, log: Logger): Promise<number> {
  await migrated()
  const { made, dropped, moved, left } = await ensurePartitions(db, {
    monthsAhead: MONTHS_AHEAD,
    keepMonths: reporting.EVENTS_KEEP_MONTHS,
  })
  if (made.length + dropped.length > 0) log.info({ made, dropped }, 'partitions')
  if (moved > 0) log.warn({ moved }, 'rows came before their partition, and were moved into it')
  if (left > 0) log.error({ left }, 'rows of a time that no partition is kept for: is a clock wrong?')
  return made.length + dropped.length
}
