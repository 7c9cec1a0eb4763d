import { availableParallelism } from 'node:os'
import type { z } from 'zod'
import { optional, wholeNumber } from './config/fields.ts'
import { artifacts, limits, operator, people, reporting, reports, web, worker } from './config/product.ts'
import { bot, common, database, links, metabase, storage, telegram, tools } from './config/services.ts'

/**
 * The only reader of the environment. Each process reads its own sections; whatever is missing, wrong or
 * contradictory is reported at once, with what to do.
 */

const SECTIONS = {
  common,
  telegram,
  bot,
  links,
  storage,
  artifacts,
  tools,
  limits,
  database,
  reporting,
  reports,
  people,
  metabase,
  operator,
  web,
  worker,
}
type Sections = typeof SECTIONS
export type SectionName = keyof Sections
type ShapeOf<N extends SectionName> = z.infer<Sections[N]>
type Both<U> = (U extends unknown ? (u: U) => void : never) extends (i: infer I) => void ? I : never

/** The parsed environment of the sections `N`, all in one flat object. */
export type Config<N extends SectionName> = Both<N extends SectionName ? ShapeOf<N> : never>

type Environment = Record<string, string | undefined>

export class ConfigError extends Error {
  readonly problems: string[]

  constructor(problems: string[]) {
    super(
      `The configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    )
    this.name = 'ConfigError'
    this.problems = problems
  }
}

/**
 * Reads and checks the sections that a process needs.
 * @throws ConfigError with every problem at once.
 */
export function readConfig<N extends SectionName>(
  sections: readonly N[],
  env: Environment = process.env,
): Config<N> {
  const problems: string[] = []
  const values: Record<string, unknown> = {}
  for (const name of sections) {
    const parsed = SECTIONS[name].safeParse(env)
    if (parsed.success) Object.assign(values, parsed.data)
    else for (const issue of parsed.error.issues) problems.push(`${issue.path.join('.')} ${issue.message}`)
  }
  problems.push(...contradictions(new Set<SectionName>(sections), env))
  // Sections may share a variable.
  if (problems.length > 0) throw new ConfigError([...new Set(problems)])
  return values as Config<N>
}

/** What each variable allows on its own but not together. */
function contradictions(sections: Set<SectionName>, env: Environment): string[] {
  const problems: string[] = []
  if (sections.has('artifacts') && !sections.has('storage') && env.ARTIFACTS === 's3') {
    const missing = SECTIONS.storage.safeParse(env).error?.issues ?? []
    for (const issue of missing)
      problems.push(`${issue.path.join('.')} ${issue.message} (ARTIFACTS=s3 needs it)`)
  }
  if (sections.has('telegram')) {
    const local = env.BOT_API_MODE === 'local'
    if (local && !env.BOT_API_URL)
      problems.push('BOT_API_URL is missing: BOT_API_MODE=local needs the address of your own Bot API server')
    if (local && env.BOT_API_URL?.startsWith('https://api.telegram.org'))
      problems.push(
        "BOT_API_MODE=local contradicts BOT_API_URL: Telegram's own server does not read local files",
      )
  }
  if (sections.has('bot') && env.BOT_UPDATES === 'webhook') {
    if (!env.WEBHOOK_SECRET)
      problems.push('WEBHOOK_SECRET is missing: without it anybody could post updates to the webhook')
    if (!env.WEBHOOK_URL) problems.push('WEBHOOK_URL is missing: Telegram must know where to post updates')
  }
  return problems
}

/**
 * How many jobs of a stage one process runs: `CONCURRENCY_<STAGE>`, or what the stage's contract says for this
 * machine.
 */
export function concurrencyFor(
  stage: string,
  byCores: (cores: number) => number,
  env: Environment = process.env,
): number {
  const name = `CONCURRENCY_${stage.toUpperCase()}`
  const parsed = optional(wholeNumber(1, 5000).optional()).safeParse(env[name])
  if (!parsed.success) throw new ConfigError([`${name} must be a whole number from 1 to 5000`])
  return parsed.data ?? byCores(availableParallelism())
}
