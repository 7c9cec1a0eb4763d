import type { RequestState } from '../../../queues/request.ts'
import type { Violation } from './facts.ts'
import type { PlannedFault } from './fault.ts'
import type { Outcome } from './outcome.ts'

const seconds = (ms: number) => (ms / 1000).toFixed(1)

/** One fault as it is played: when, what, and on what. */
export function faultLine({ atMs, kind, ...parameters }: PlannedFault): string {
  const what = Object.entries(parameters).map(([name, value]) => `${name} ${value}`)
  return [`${seconds(atMs).padStart(7)} s  ${kind}`, ...what].join('  ')
}

/** What a run has come to, for people; the last line is for machines too. */
export function reportLines({
  facts,
  verdict,
  faults,
  open,
  crashes,
  settledInMs,
  logsDir,
}: Outcome): string[] {
  const count = (kind: Violation['kind']) => verdict.violations.filter((one) => one.kind === kind).length
  const requests = facts.requests.length
  const states = Object.entries(Object.groupBy(facts.requests, ({ state }) => state))
  const reasons = Object.entries(Object.groupBy(facts.requests, ({ failure }) => failure ?? ''))
  return [
    ...verdict.violations.map(({ kind, ticket, what }) => `${kind}: ${ticket ? `${ticket}: ` : ''}${what}`),
    open === null
      ? `settled in ${seconds(settledInMs)} s`
      : `not settled in ${seconds(settledInMs)} s: ${open}`,
    `requests: ${counted<RequestState>(states)}`,
    `failures: ${counted(reasons.filter(([reason]) => reason !== '')) || 'none'}`,
    `media: ${facts.media.length}, ${facts.media.filter(({ sentBy }) => sentBy).length} of them sent directly; productions: ${facts.made.length}`,
    `processes that ended by themselves: ${crashes.length}`,
    ...crashes.map((line) => `  ${line}`),
    ...(logsDir ? [`logs: ${logsDir}`] : []),
    `lost=${count('lost')} duplicated=${count('duplicated')} untold=${count('untold')} extra=${verdict.extra} requests=${requests} faults=${faults}`,
  ]
}

const counted = <K extends string>(groups: [K | string, readonly unknown[] | undefined][]) =>
  groups.map(([name, list]) => `${list?.length ?? 0} ${name}`).join(', ')
