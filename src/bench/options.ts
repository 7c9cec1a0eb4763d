import { parseArgs } from 'node:util'
import { MEASUREMENTS } from './measurements.ts'

export interface BenchOptions {
  json: boolean
  /** Ids of figures; null for all. */
  only: string[] | null
  /** A folder that gets pictures of where the time goes; null: everything is measured instead. */
  trace: string | null
}

const USAGE = `npm run bench -- [--json] [--only id,id] | --trace folder
  --json  one object for machines instead of a table
  --only  these figures, by their ids
  --trace measures nothing, and draws where the time of one delivery goes`

/**
 * Reads the command line.
 * @throws Error that says what is wrong, and how to call it
 */
export function readOptions(args: string[]): BenchOptions {
  try {
    const { values } = parseArgs({
      args,
      options: {
        json: { type: 'boolean' },
        only: { type: 'string', multiple: true },
        trace: { type: 'string' },
      },
    })
    const { json = false, trace = null } = values
    const only = values.only?.flatMap((ids) => ids.split(',')) ?? null
    const known = MEASUREMENTS.flatMap(({ ids }) => ids)
    const unknown = only?.filter((id) => !known.includes(id)) ?? []
    if (unknown.length > 0)
      throw new Error(`there is no figure ${unknown.join(', ')}; there are ${known.join(', ')}`)
    return { json, only, trace }
  } catch (cause) {
    throw new Error(`${cause instanceof Error ? cause.message : cause}\n\n${USAGE}`, { cause })
  }
}
