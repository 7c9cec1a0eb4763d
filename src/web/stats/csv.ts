import { stringify } from 'csv-stringify/sync'
import type { Response } from 'express'

type Cell = string | number | boolean | null | undefined
export type Row = Record<string, unknown>

/**
 * RFC 4180, with the names of the columns in the first line. What a spreadsheet would take for a formula gets an
 * apostrophe in front: names of sites and campaigns come from outside. `bom`: Excel then takes it for UTF-8.
 */
export function toCsv(columns: readonly string[], rows: readonly Row[], bom = false): string {
  return stringify(
    rows.map((row) => columns.map((column) => cell(row[column]))),
    {
      ...{ header: true, columns: [...columns], record_delimiter: '\r\n', escape_formulas: true, bom },
      // It would see to the ends of lines of its own kind only.
      quote_record_delimiter: true,
      cast: { boolean: String },
    },
  )
}

const cell = (value: unknown): Cell => {
  if (value === null || value === undefined) return null
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  return JSON.stringify(value)
}

/** Answers with a file. `name`: of our own words only. */
export function sendCsv(response: Response, name: string, csv: string): void {
  response.set('Content-Disposition', `attachment; filename="${name}.csv"`)
  response.type('text/csv; charset=utf-8; header=present').send(csv)
}
