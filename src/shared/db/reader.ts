import { DatabaseError } from 'pg'
import type { Logger } from '../logger.ts'

/** The role of those who only read: the dashboard, and tools for reports. One for all databases of a server. */
export const READER = 'clipferry_reader'

/** More than that at once would be as many databases of one server that are migrated in the same moment. */
const ATTEMPTS = 10

const GRANTS = `
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${READER}') THEN
    CREATE ROLE ${READER} NOLOGIN;
  END IF;
  IF NOT pg_has_role(current_user, '${READER}', 'MEMBER') THEN
    EXECUTE format('GRANT ${READER} TO %I', current_user);
  END IF;
END $$;
GRANT USAGE ON SCHEMA public, shared TO ${READER};
GRANT SELECT ON ALL TABLES IN SCHEMA public, shared TO ${READER};
ALTER DEFAULT PRIVILEGES IN SCHEMA public, shared GRANT SELECT ON TABLES TO ${READER};`

/**
 * Makes the role of readers, and lets it read what is there and what comes later. A database user who may make no roles
 * goes without it: reading is then done as that user, in read-only transactions.
 * @returns whether there is one
 */
export async function ensureReader(
  db: { query(text: string): Promise<unknown> },
  log?: Logger,
): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      await db.query(GRANTS)
      return true
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error
      if (error.code === '42501') {
        log?.info(`this user of the database may not make the role ${READER}: goes on without it`)
        return false
      }
      // Roles belong to the whole server, locks to one database: others make the same one for theirs at this moment.
      if (attempt === ATTEMPTS || !isCrowded(error)) throw error
    }
  }
}

/** Somebody has just made it, or changes the same record. */
const isCrowded = ({ code = '' }: DatabaseError) =>
  ['23505', '42710', 'XX000', '40001', '40P01'].includes(code)
