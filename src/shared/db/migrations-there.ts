import { readdir } from 'node:fs/promises'
import { parse } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DatabaseError } from 'pg'
import type { Pool } from './pool.ts'

export const MIGRATIONS_DIR = fileURLToPath(new URL('migrations', import.meta.url))
export const MIGRATIONS_TABLE = 'migrations'
const UNDEFINED_TABLE = '42P01'

/** Ours are all there; those of a newer version, which runs beside us, do not matter. */
export async function isUpToDate(db: Pool): Promise<boolean> {
  const ours = (await readdir(MIGRATIONS_DIR)).map((file) => parse(file).name)
  try {
    const { rows } = await db.query<{ name: string }>(`SELECT name FROM ${MIGRATIONS_TABLE}`)
    const applied = new Set(rows.map(({ name }) => name))
    return ours.every((name) => applied.has(name))
  } catch (error) {
    if (error instanceof DatabaseError && error.code === UNDEFINED_TABLE) return false
    throw error
  }
}
