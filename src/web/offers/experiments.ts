import pg from 'pg'
import { z } from 'zod'
import type { Pool } from '../../shared/db/pool.ts'
import { ExperimentResults, experimentResults } from '../../shared/experiments/experiment-results.ts'
import { unlessDatabaseAway } from '../database-error.ts'
import type { KeptAnswers } from '../stats/kept-answers.ts'
import { type ExperimentInput, KeptExperiment } from './experiment-input.ts'
import { OfferProblem } from './offer-problem.ts'

const MOST = 200
/** Starts are one at a time, over all processes: each looks for what runs already. */
const START_LOCK = 7_280_134

const LIST = `
  SELECT t.id, t.name, t.description, t.subject, t.goal, t.planned_size AS "plannedSize",
    CASE WHEN t.is_active THEN 'running' WHEN t.start_date IS NULL THEN 'new' ELSE 'ended' END AS state,
    to_json(t.start_date) #>> '{}' AS "startedAt", to_json(t.end_date) #>> '{}' AS "endedAt",
    coalesce(json_agg(json_build_object(
      'name', v.variant_name, 'share', v.traffic_percentage, 'config', v.variant_config) ORDER BY v.id)
      FILTER (WHERE v.id IS NOT NULL), '[]') AS variants
  FROM ab_tests t LEFT JOIN ab_test_variants v ON v.test_id = t.id`
const ORDER = 'GROUP BY t.id ORDER BY t.is_active DESC, t.id DESC'

const INSERT = `
  WITH test AS (
    INSERT INTO ab_tests (name, description, subject, goal, planned_size) VALUES ($1, $2, $3, $4, $5) RETURNING id
  ), variants AS (
    INSERT INTO ab_test_variants (test_id, variant_name, variant_config, traffic_percentage)
    SELECT test.id, v.name, v.config, v.share
    FROM test, ROWS FROM (json_to_recordset($6) AS (name text, config jsonb, share numeric))
      WITH ORDINALITY AS v(name, config, share, place)
    ORDER BY v.place
  )
  SELECT id FROM test`

const Id = z.object({ id: z.coerce.number() })

export type ExperimentStore = ReturnType<typeof createExperimentStore>

interface ExperimentDeps {
  reader: Pool
  writer: Pool
  /** Makes what has been changed take effect. */
  changed: () => Promise<void>
  keptAnswers: KeptAnswers
}

/**
 * Experiments from their making to their end: new, running, ended, and never back. What people get is fixed when one is
 * made, so a running one cannot be re-weighted.
 */
export function createExperimentStore({ reader, writer, changed, keptAnswers }: ExperimentDeps) {
  const listed = async (db: Pool, where: string, values: unknown[]): Promise<KeptExperiment[]> => {
    const { rows } = await unlessDatabaseAway(db.query(`${LIST} ${where} ${ORDER} LIMIT ${MOST}`, values))
    return z.array(KeptExperiment).parse(rows)
  }
  const get = async (id: number, db = reader): Promise<KeptExperiment> => {
    const [found] = await listed(db, 'WHERE t.id = $1', [id])
    if (!found) throw new OfferProblem('not_found')
    return found
  }
  /** After an edit, as the writer sees it. */
  const edited = async (id: number): Promise<KeptExperiment> => {
    await changed()
    return await get(id, writer)
  }

  return {
    /** Those that run first, then the newest. */
    list: () => listed(reader, '', []),
    get,

    /** @throws OfferProblem when the name is taken. */
    async create(input: ExperimentInput): Promise<KeptExperiment> {
      const { name, description, subject, goal, plannedSize, variants } = input
      try {
        const values = [name, description, subject, goal, plannedSize, JSON.stringify(variants)]
        const { rows } = await writer.query(INSERT, values)
        return await edited(Id.parse(rows[0]).id)
      } catch (error) {
        if (error instanceof pg.DatabaseError && error.code === '23505')
          throw new OfferProblem('name_taken', '', ['name'])
        return await unlessDatabaseAway(Promise.reject(error))
      }
    },

    /** @throws OfferProblem when it is not new, or another one on its subject runs. */
    async start(id: number): Promise<KeptExperiment> {
      await unlessDatabaseAway(
        inTransaction(writer, async (client) => {
          await client.query('SELECT pg_advisory_xact_lock($1)', [START_LOCK])
          const found = await client.query(
            'SELECT subject, is_active, start_date FROM ab_tests WHERE id = $1',
            [id],
          )
          const test = found.rows[0]
          if (!test) throw new OfferProblem('not_found')
          if (test.is_active) throw new OfferProblem('running')
          if (test.start_date !== null) throw new OfferProblem('ended')
          const others = await client.query('SELECT FROM ab_tests WHERE subject = $1 AND is_active LIMIT 1', [
            test.subject,
          ])
          if (others.rowCount !== 0) throw new OfferProblem('subject_taken')
          await client.query('UPDATE ab_tests SET is_active = true, start_date = now() WHERE id = $1', [id])
        }),
      )
      return await edited(id)
    },

    /** @throws OfferProblem when it does not run. */
    async stop(id: number): Promise<KeptExperiment> {
      const query = 'UPDATE ab_tests SET is_active = false, end_date = now() WHERE id = $1 AND is_active'
      const { rowCount } = await unlessDatabaseAway(writer.query(query, [id]))
      if (rowCount === 0) {
        await get(id, writer)
        throw new OfferProblem('not_running')
      }
      return await edited(id)
    },

    /** @throws OfferProblem when there is no such experiment. */
    async results(id: number): Promise<ExperimentResults> {
      const { state } = await get(id)
      // Each person costs a look of its own: a large experiment is not counted again for everybody who looks.
      const results = await keptAnswers(`experiment ${id} ${state}`, async () => {
        const found = await unlessDatabaseAway(experimentResults(reader, id))
        if (!found) throw new OfferProblem('not_found')
        return found
      })
      return ExperimentResults.parse(JSON.parse(results))
    },
  }
}

async function inTransaction(pool: Pool, work: (client: pg.PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('BEGIN')
    await work(client)
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK').catch((failed: Error) => {
      broken = failed
    })
    throw error
  } finally {
    // One that could not even roll back is not used again.
    client.release(broken)
  }
}
