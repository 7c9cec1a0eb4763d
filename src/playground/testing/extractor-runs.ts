import { descendantsOf, type ProcessEntry } from './process-tree.ts'

/** What runs yt-dlp for a link just now, below a process. One that is only kept imported, under its guard, does not. */
export async function extractorRuns(pid: number): Promise<ProcessEntry[]> {
  const all = await descendantsOf(pid)
  const isGuard = (entry: ProcessEntry | undefined) => entry?.command.startsWith('sh ') ?? false
  const isKept = (entry: ProcessEntry) =>
    entry.command.includes('resident.py') &&
    (isGuard(entry) || isGuard(all.find((one) => one.pid === entry.parentPid)))
  return all.filter((entry) => /yt.dlp/.test(entry.command) && !isKept(entry))
}
