import { parseArgs } from 'node:util'
import { z } from 'zod'
import { FAULT_KINDS, type FaultKind, isFaultKind } from './fault.ts'

export type ChaosOptions = { minutes: number; seed: number; people: number; kinds: FaultKind[] }

const USAGE = `npm run chaos -- [--minutes 3] [--seed 7] [--people 20] [--faults kind,kind]
  --minutes  how long people ask and faults come; fractions are fine
  --seed     the same one plays the same plan; any by default
  --people   how many there are
  --faults   only these: ${FAULT_KINDS.join(', ')}`

const Options = z.object({
  minutes: z.coerce.number({ error: 'must be a number' }).min(0.1).max(600).default(3),
  seed: z.coerce
    .number({ error: 'must be a whole number' })
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .optional(),
  people: z.coerce.number({ error: 'must be a whole number' }).int().min(1).max(1000).default(20),
  faults: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.string().refine(isFaultKind, { error: 'there is no such fault' })))
    .optional(),
})

/**
 * Reads the command line.
 * @throws Error that says what is wrong, and how to call it
 */
export function readOptions(args: string[]): ChaosOptions {
  const given = { type: 'string' } as const
  try {
    const { values } = parseArgs({
      args,
      options: { minutes: given, seed: given, people: given, faults: given },
    })
    const parsed = Options.safeParse(values)
    if (!parsed.success)
      throw new Error(
        parsed.error.issues
          .map(({ path, message }) => `--${path.map(String).join('.')}: ${message}`)
          .join('\n'),
      )
    const { minutes, seed = Math.floor(Math.random() * 2 ** 32), people, faults } = parsed.data
    return { minutes, seed, people, kinds: faults?.filter(isFaultKind) ?? FAULT_KINDS }
  } catch (cause) {
    throw new Error(`${cause instanceof Error ? cause.message : cause}\n\n${USAGE}`, { cause })
  }
}
