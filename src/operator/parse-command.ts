import { parseArgs } from 'node:util'
import { z } from 'zod'
import { Code, DeadLetterId, DeadLetterState, Stage } from '../../queues/dead-letter.ts'

export const USAGE = `Dead letters: what failed for good, and can be replayed once its cause is mended.

  list     [--stage fetch] [--code network] [--state open|replaying|replayed|discarded|all] [--limit 50] [--json]
  show     <id> [--json]
  replay   <id> …          goes on from the stage that failed, for everybody who still waits
  replay   --stage fetch --code network [--site youtube]      all that is open of a root cause
  discard  <id> …          puts it away: nothing is to be done`

const Ids = z.array(DeadLetterId).min(1, 'names no record: "list" shows their ids')
const filter = { stage: Stage.optional(), code: Code.optional(), site: z.string().optional() }
const Options = z.object({
  ...filter,
  state: z.union([DeadLetterState, z.literal('all')]).default('open'),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,4}$/, 'must be a whole number')
    .transform(Number)
    .default(50),
  json: z.boolean().default(false),
})
type Options = z.infer<typeof Options>

export type Command =
  | ({ name: 'list' } & Options)
  | { name: 'show'; ids: string[]; json: boolean }
  | { name: 'replay' | 'discard'; ids: string[] }
  | { name: 'replay_all'; stage: z.infer<typeof Stage>; code: z.infer<typeof Code>; site?: string }

/** @returns `problem`: what is wrong with what was typed. */
export function parseCommand(args: readonly string[]): Command | { problem: string } | { help: true } {
  const typed = typedIn(args)
  if (typed.problem !== undefined) return { problem: typed.problem }
  const [name, ...words] = typed.words
  if (typed.help || name === 'help' || name === undefined) return { help: true }
  const options = Options.safeParse(typed.options)
  if (!options.success) return { problem: said(options.error) }
  const { stage, code, site, json } = options.data
  if (name === 'list' && words.length === 0) return { name, ...options.data }
  if (name === 'replay' && words.length === 0 && (stage || code)) {
    if (!stage || !code) return { problem: 'a root cause is a --stage and a --code' }
    return { name: 'replay_all', stage, code, ...(site === undefined ? {} : { site }) }
  }
  if (name !== 'show' && name !== 'replay' && name !== 'discard')
    return { problem: `there is no such command: ${[name, ...words].join(' ').slice(0, 100)}` }
  const ids = Ids.safeParse(words)
  if (!ids.success) return { problem: `${name} ${said(ids.error)}` }
  return name === 'show' ? { name, ids: ids.data, json } : { name, ids: ids.data }
}

function typedIn(args: readonly string[]) {
  const text = { type: 'string' } as const
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...{ stage: text, code: text, site: text, state: text, limit: text },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    const { help = false, ...options } = values
    return { words: positionals, help, options }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : 'not understood' }
  }
}

const said = (error: z.ZodError): string =>
  error.issues.map(({ path, message }) => [...path, message].join(' ')).join('; ')
