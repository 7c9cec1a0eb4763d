import pg from 'pg'
import { readConfig } from '../../shared/config.ts'
import { READER } from '../../shared/db/reader.ts'
import { createLogger } from '../../shared/logger.ts'
import { runMain } from '../../shared/run-main.ts'

/** Of Metabase's own records; a database of the same name is theirs. */
export const OWNER = 'metabase'
/** Reads our tables, for questions. */
export const QUESTIONER = 'metabase_reader'

const QUESTION_TIMEOUT = '60s'

/**
 * Makes what Metabase needs in the PostgreSQL of the product: a user and a database for its own records, and a user that
 * only reads ours. Again, it changes nothing but the passwords.
 */
export async function prepareDatabase(
  databaseUrl: string,
  password: string,
  names = { OWNER, QUESTIONER },
): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    for (const user of [names.OWNER, names.QUESTIONER]) {
      const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [user])
      const verb = rowCount === 0 ? 'CREATE' : 'ALTER'
      await client.query(`${verb} ROLE ${user} LOGIN PASSWORD ${client.escapeLiteral(password)}`)
    }
    await client.query(`GRANT ${READER} TO ${names.QUESTIONER}`)
    await client.query(`ALTER ROLE ${names.QUESTIONER} SET default_transaction_read_only = on`)
    await client.query(`ALTER ROLE ${names.QUESTIONER} SET statement_timeout = '${QUESTION_TIMEOUT}'`)
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [names.OWNER])
    if (rowCount === 0) {
      // Without it a user who is no superuser may not give a database away.
      await client.query(`GRANT ${names.OWNER} TO CURRENT_USER`)
      await client.query(`CREATE DATABASE ${names.OWNER} OWNER ${names.OWNER}`)
    }
  } finally {
    await client.end()
  }
}

if (import.meta.main)
  runMain(async () => {
    const { DATABASE_URL, METABASE_DB_PASSWORD } = readConfig(['database', 'metabase'])
    await prepareDatabase(DATABASE_URL, METABASE_DB_PASSWORD)
    createLogger('info', 'metabase').info('its users and its database are there')
  })
