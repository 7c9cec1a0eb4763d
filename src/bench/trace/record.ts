import { setTimeout as sleep } from 'node:timers/promises'
import { STAGE_NAMES } from '../../../queues/pipeline.ts'
import type { Bench } from '../bench.ts'
import { newPerson, nowMs, untilMedia } from '../delivery.ts'
import { portsOf, productPids } from '../product-pids.ts'
import type { Span, Trace } from './trace.ts'
import { watchTools } from './watch-tools.ts'

const LOOK_EVERY_MS = 50
/** Before the person asks, everything is still. */
const STILL_MS = 1500
/** Waiting for work is no round trip that anybody waits for. */
const IDLE = /^(bzpopmin|ping)$/i

/** Watches one person ask for a link and get it, until all that follows from it is done. */
export async function recordDelivery(bench: Bench, title: string, link: string): Promise<Trace> {
  const { world, redis } = bench
  const pids = await productPids()
  const person = await newPerson(bench)
  await sleep(STILL_MS)
  const rowOfPort = new Map<number, string>()
  for (const [row, pid] of pids) for (const port of await portsOf(pid)) rowOfPort.set(port, row)
  const monitor = await redis.monitor()
  const commands: { row: string; atMs: number }[] = []
  monitor.on('monitor', (seconds: string, [command = '']: string[], source: string) => {
    const row = rowOfPort.get(Number(source.split(':').at(-1)))
    if (row && !IDLE.test(command)) commands.push({ row, atMs: Number(seconds) * 1000 })
  })
  const over = new AbortController()
  const watching = watchTools(pids, over.signal)
  const startMs = nowMs()
  const sinceStart = (ms: number) => ms - startMs
  person.ask(link)
  const [gotMs = startMs] = await untilMedia(bench, [person.chat])
  await untilStill(bench)
  over.abort()
  monitor.disconnect()
  const tools = await watching
  const calls = world.ledger
    .entries()
    .filter(({ chatId, endedAt }) => chatId === person.chat.id && endedAt !== null)
    .map(
      ({ method, at, endedAt }): Span => ({
        row: 'Telegram',
        kind: 'call',
        what: method,
        fromMs: at,
        toMs: endedAt ?? at,
      }),
    )
  const spans = [...(await jobSpans(bench, startMs)), ...tools, ...calls].map((span) => ({
    ...span,
    fromMs: sinceStart(span.fromMs),
    toMs: sinceStart(span.toMs),
  }))
  const roundTrips = commands
    .map(({ row, atMs }) => ({ row, atMs: sinceStart(atMs) }))
    .filter(({ atMs }) => atMs >= 0)
  return { title, spans, roundTrips, deliveredMs: sinceStart(gotMs) }
}

async function untilStill({ state }: Bench): Promise<void> {
  const open = async () => {
    const counts = await Promise.all(
      STAGE_NAMES.filter((name) => name !== 'maintenance').map((name) =>
        state.queues
          .queue(name)
          .getJobCountByTypes('active', 'wait', 'prioritized', 'delayed', 'waiting-children'),
      ),
    )
    return counts.some((count) => count > 0)
  }
  while (await open()) await sleep(LOOK_EVERY_MS)
}

/** How long each job waited, and ran. */
async function jobSpans({ state }: Bench, sinceMs: number): Promise<Span[]> {
  const jobs = await Promise.all(
    STAGE_NAMES.map(async (row) => {
      const ended = await state.queues.queue(row).getJobs(['completed', 'failed'])
      return ended
        .filter(({ timestamp, name }) => timestamp >= sinceMs - 1 && name !== 'canary')
        .flatMap(({ timestamp, processedOn = timestamp, finishedOn = processedOn }): Span[] => [
          { row, kind: 'waits', what: '', fromMs: timestamp, toMs: processedOn },
          { row, kind: 'runs', what: row, fromMs: processedOn, toMs: finishedOn },
        ])
    }),
  )
  return jobs.flat()
}
