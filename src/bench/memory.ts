import { readFile, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { descendantsOf } from '../playground/testing/process-tree.ts'
import { timeCrowd } from './delivery.ts'
import type { Figure, Measurement } from './figure.ts'
import { productPids } from './product-pids.ts'

const PEOPLE = 20
const LOOK_EVERY_MS = 100
const MOST_MB = 150

/** What the processes of the product hold, each without what it has started. Their peaks count, not their averages. */
export const memory: Measurement = {
  ids: ['memory-idle', 'memory-twenty-links', 'memory-all'],
  async measure(bench): Promise<Figure[]> {
    const idle = await largest('VmRSS')
    for (const pid of (await productPids()).values()) await writeFile(`/proc/${pid}/clear_refs`, '5')
    const counting = new AbortController()
    const all = peakOfAll(counting.signal)
    await timeCrowd(
      bench,
      Array.from({ length: PEOPLE }, () => bench.newLink('market')),
    )
    counting.abort()
    const busy = await largest('VmHWM')
    return [
      eachUnder('memory-idle', `the largest process of the idle product (${idle.name})`, idle.megabytes),
      eachUnder(
        'memory-twenty-links',
        `the largest process at 20 links at once (${busy.name})`,
        busy.megabytes,
      ),
      {
        ...{ id: 'memory-all', what: 'all processes with their tools at 20 links at once' },
        ...{ value: await all, unit: 'MB', floor: null, ratio: null, reach: null, holds: null },
      },
    ]
  },
}

const eachUnder = (id: string, what: string, value: number): Figure => ({
  ...{ id, what, value, unit: 'MB', floor: null, ratio: null },
  ...{ reach: `under ${MOST_MB} MB`, holds: value < MOST_MB },
})

async function largest(field: 'VmRSS' | 'VmHWM'): Promise<{ name: string; megabytes: number }> {
  const found = await Promise.all(
    [...(await productPids())].map(async ([name, pid]) => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8')
      const kilobytes = Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1])
      return { name, megabytes: kilobytes / 1000 }
    }),
  )
  return found.reduce((most, one) => (one.megabytes > most.megabytes ? one : most))
}

/** Pages that several processes share count once. */
async function peakOfAll(stopped: AbortSignal): Promise<number> {
  let peak = 0
  while (!stopped.aborted) {
    const pids = [...(await productPids()).values()]
    const below = (await Promise.all(pids.map(descendantsOf))).flat().map(({ pid }) => pid)
    const sizes = await Promise.all([...pids, ...below].map(proportionalMegabytes))
    peak = Math.max(
      peak,
      sizes.reduce((sum, size) => sum + size, 0),
    )
    await sleep(LOOK_EVERY_MS)
  }
  return peak
}

async function proportionalMegabytes(pid: number): Promise<number> {
  // A process may end while we look.
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
  return Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0) / 1000
}
