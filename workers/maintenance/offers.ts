import { z } from 'zod'
import { Ad } from '../../queues/people/ads.ts'
import { RunningTest } from '../../queues/people/experiments.ts'
import type { Logger } from '../../src/shared/logger.ts'
import { type FlagsDeps, keepFlags } from './keep-flags.ts'
import { keepSurveys, type SurveysDeps } from './keep-surveys.ts'

export interface OffersDeps extends SurveysDeps, FlagsDeps {
  /** Resolves when the tables are there. */
  migrated(): Promise<void>
}

const ADS = `
  SELECT id, message, button_text AS "buttonText", button_url AS "buttonUrl", weight
  FROM ad_campaigns WHERE is_active ORDER BY id`
/** In the order of their start: of two on the same subject the first one runs. */
const TESTS = `
  SELECT t.name, t.subject, json_agg(
    json_build_object('name', v.variant_name, 'share', v.traffic_percentage, 'config', v.variant_config) ORDER BY v.id
  ) AS variants
  FROM ab_tests t JOIN ab_test_variants v ON v.test_id = t.id
  WHERE t.is_active AND coalesce(t.start_date, '-infinity') <= now() AND coalesce(t.end_date, 'infinity') > now()
  GROUP BY t.id ORDER BY t.start_date, t.id`

/** What PostgreSQL has as a bigint comes as text. */
const StoredAd = z.object({ id: z.coerce.number().int() }).loose().pipe(Ad)

/**
 * Brings the ads and the tests that run from PostgreSQL to Redis, where all who need them look, and what people answered
 * and admins said of them the other way. While PostgreSQL is away, what is in Redis stays.
 * @returns how many rows were brought
 */
export async function keepOffers(deps: OffersDeps, log: Logger): Promise<number> {
  const { redis, keys, db } = deps
  await deps.migrated()
  const answers = await keepSurveys(deps)
  const flags = await keepFlags(deps)
  const [ads, tests] = await Promise.all([db.query(ADS), db.query(TESTS)])
  const publish = async <T>(
    key: string,
    what: string,
    rows: readonly { id?: unknown; name?: unknown }[],
    schema: z.ZodType<T>,
  ) => {
    const good = rows.flatMap((row) => {
      const parsed = schema.safeParse(row)
      // Only where it is wrong: what it says is not for the log.
      if (!parsed.success)
        log.warn({ what, id: row.id ?? row.name, fields: fieldsOf(parsed.error) }, 'left out')
      return parsed.success ? [parsed.data] : []
    })
    await redis.set(key, JSON.stringify(good))
    return good.length
  }
  const shown = await publish(keys.ads, 'ad', ads.rows, StoredAd)
  const running = await publish(keys.experiments, 'experiment', tests.rows, RunningTest)
  return answers + flags + shown + running
}

const fieldsOf = (error: z.ZodError) => [...new Set(error.issues.map(({ path }) => path.join('.')))]
