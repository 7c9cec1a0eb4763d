import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { descendantsOf } from '../playground/testing/process-tree.ts'

const LOOK_MS = 1000
const PATIENCE_MS = 60_000
/** Of one core. Workers that wait for jobs look for them now and then. */
const IDLE_SHARE = 0.1
/** Linux counts in hundredths of a second, whatever the machine (proc(5), sysconf(_SC_CLK_TCK)). */
const TICKS_PER_MS = 0.1

/** Waits until what we have started has done what it does at its start. */
export async function untilIdle(): Promise<void> {
  const giveUpAt = Date.now() + PATIENCE_MS
  for (let before = await usedMs(); Date.now() < giveUpAt; ) {
    await sleep(LOOK_MS)
    const now = await usedMs()
    if (now - before < LOOK_MS * IDLE_SHARE) return
    before = now
  }
}

async function usedMs(): Promise<number> {
  const below = await descendantsOf(process.pid)
  const ticks = await Promise.all(
    below.map(async ({ pid }) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
      // After the name in brackets: state, parent, …, utime and stime as the 12th and the 13th.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return Number(fields[11] ?? 0) + Number(fields[12] ?? 0)
    }),
  )
  return ticks.reduce((sum, count) => sum + count, 0) / TICKS_PER_MS
}
