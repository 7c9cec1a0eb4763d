import { parseArgs } from 'node:util'

export interface BenchOptions {
  json: boolean
  /** Ids of figures; null for all. */
  only: string[] | null
}

const USAGE = `npm run bench -- [--json] [--only id,id]
  --json  one object for machines instead of a table
  --only  these figures, by their ids`

/**
 * Reads the command line.
 * @throws Error that says what is wrong, and how to call it
 */
export function readOptions(args: string[]): BenchOptions {
  try {
    const { values } = parseArgs({
      args,
      options: { json: { type: 'boolean' }, only: { type: 'string', multiple: true } },
    })
    return { json: values.json ?? false, only: values.only?.flatMap((ids) => ids.split(',')) ?? null }
  } catch (cause) {
    throw new Error(`${cause instanceof Error ? cause.message : cause}\n\n${USAGE}`, { cause })
  }
}
