import type { DeadLetterGroup, KeptDeadLetter, Outcome } from '../../queues/dead-letter.ts'

const time = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').slice(0, 19)
const cause = ({ stage, code, site }: { stage: string; code: string; site: string | null }): string =>
  `${stage}: ${code}${site === null ? '' : ` (${site})`}`

export const persons = (count: number): string => (count === 1 ? '1 person' : `${count} people`)

/** What a replay has come to, in one line. */
export function asLines({ how, from, people, jobId }: Outcome): string {
  const where = from === null ? '' : ` at ${from}`
  const who = people > 0 ? ` for ${persons(people)}` : ''
  return `${how}${where}${who}${jobId === null ? '' : `, job ${jobId}`}`
}

/** Root causes first, then records: what to mend, then what to replay. */
export function asList(groups: readonly DeadLetterGroup[], letters: readonly KeptDeadLetter[]): string {
  const causes = groups.map((group) => `${String(group.count).padStart(6)}  ${cause(group)}`)
  const records = letters.map(
    (letter) => `${time(letter.failedAtMs)}  ${letter.state.padEnd(9)}  ${cause(letter)}  ${letter.id}`,
  )
  return [
    causes.length > 0 ? 'Open, by root cause:' : 'Nothing is open.',
    ...causes,
    ...(records.length > 0 ? ['', 'Records (UTC):', ...records] : []),
  ].join('\n')
}

/** All that is known of one record. */
export function asRecord(letter: KeptDeadLetter, people: number): string {
  const { stage, jobId, ticket, reason, attempts, crashes, mediaKey, changedBy, changedAtMs, outcome } =
    letter
  const facts: [string, string | number | null][] = [
    ['id', letter.id],
    ['cause', cause(letter)],
    ['reason', reason],
    ['failed', `${time(letter.failedAtMs)} UTC`],
    ['ticket', ticket],
    ['job', `${stage} ${jobId}`],
    ['people', people],
    ['attempts', attempts],
    ['crashes', crashes > 0 ? `the worker died ${crashes} times under it: there are no last words` : null],
    ['media key', mediaKey],
    ['versions', Object.entries(letter.versions).flat().join(' ') || null],
    ['state', letter.state],
    ['changed', changedAtMs === null ? null : `${time(changedAtMs)} UTC by ${changedBy ?? 'nobody'}`],
    ['outcome', outcome && asLines(outcome)],
    ['data', letter.data === null ? null : JSON.stringify(letter.data)],
    ['input', letter.input === null ? null : JSON.stringify(letter.input)],
  ]
  const lines = facts.flatMap(([name, value]) => (value === null ? [] : [`${name.padEnd(10)} ${value}`]))
  return [...lines, ...letter.stderr.map((line) => `  | ${line}`)].join('\n')
}
