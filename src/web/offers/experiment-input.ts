import { z } from 'zod'
import { AnalyticsEvent } from '../../../queues/event.ts'
import { VARIANT_CONFIGS } from '../../../queues/people/experiments.ts'

export const SUBJECTS = Object.keys(VARIANT_CONFIGS) as (keyof typeof VARIANT_CONFIGS)[]

/** Of these nothing follows for a person: meeting a variant is no success, a fault of the bot belongs to nobody. */
const NO_GOALS = ['experiment_seen', 'bot_error', 'ad_shown', 'download_failed', 'limit_reached']
export const GOALS = AnalyticsEvent.options
  .map((event) => event.shape.name.value)
  .filter((name) => !NO_GOALS.includes(name))

const Variant = z.strictObject({
  name: z.string().regex(/^[\w-]{1,40}$/, 'must be of letters, digits, - and _'),
  /** Percent of all people. */
  share: z.number().positive().max(100),
  config: z.record(z.string(), z.unknown()).default({}),
})

/** A new experiment. The first variant is the control: what is so today. */
export const ExperimentInput = z
  .strictObject({
    name: z.string().regex(/^[\w-]{1,60}$/, 'must be of letters, digits, - and _'),
    description: z.string().trim().max(500).default(''),
    subject: z.enum(SUBJECTS),
    goal: z.enum(GOALS),
    plannedSize: z.int().min(10).max(10_000_000).default(1000),
    variants: z.array(Variant).min(2).max(6),
  })
  .superRefine(({ subject, variants }, context) => {
    const refuse = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path: ['variants', ...path], message })
    if (new Set(variants.map(({ name }) => name)).size < variants.length)
      refuse([], 'must have names of their own')
    // A sum of decimal fractions is off by a crumb.
    if (variants.reduce((sum, { share }) => sum + share, 0) > 100.000001)
      refuse([], 'have more than 100 % together')
    for (const [i, { config }] of variants.entries()) {
      const checked = z.strictObject(VARIANT_CONFIGS[subject].shape).safeParse(config)
      for (const { path, message } of checked.error?.issues ?? [])
        refuse([i, 'config', ...path.map(String)], message)
    }
  })
export type ExperimentInput = z.output<typeof ExperimentInput>

export const KeptExperiment = z.object({
  id: z.coerce.number().pipe(z.int()),
  name: z.string(),
  description: z.string(),
  subject: z.string(),
  goal: z.string(),
  plannedSize: z.int(),
  state: z.enum(['new', 'running', 'ended']),
  startedAt: z.iso.datetime({ offset: true }).nullable(),
  endedAt: z.iso.datetime({ offset: true }).nullable(),
  variants: z.array(
    z.object({ name: z.string(), share: z.number(), config: z.record(z.string(), z.unknown()) }),
  ),
})
export type KeptExperiment = z.output<typeof KeptExperiment>
