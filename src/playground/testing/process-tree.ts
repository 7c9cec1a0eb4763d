import { readdir, readFile } from 'node:fs/promises'

export type ProcessEntry = { pid: number; parentPid: number; command: string }

async function allProcesses(): Promise<ProcessEntry[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    pids.map(async (pid) => {
      // A process may end while we look.
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
      const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      // After the name, which may hold anything and stands in brackets: the state, then the parent.
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      const isOver = state === undefined || state === '' || state === 'Z'
      return isOver
        ? []
        : [{ pid: Number(pid), parentPid: Number(parent), command: line.replaceAll('\0', ' ').trim() }]
    }),
  )
  return found.flat()
}

/** All that a process has started, and what those have started, that still runs. */
export async function descendantsOf(pid: number): Promise<ProcessEntry[]> {
  const all = await allProcesses()
  const below = (parent: number): ProcessEntry[] =>
    all.filter((one) => one.parentPid === parent).flatMap((one) => [one, ...below(one.pid)])
  return below(pid)
}

/** Those of them that still run. */
export async function stillRunning(entries: readonly ProcessEntry[]): Promise<ProcessEntry[]> {
  const all = await allProcesses()
  // A pid may be somebody else's by now.
  return entries.filter((entry) => all.some((one) => one.pid === entry.pid && one.command === entry.command))
}
