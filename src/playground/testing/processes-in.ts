import { readdir, readFile, readlink } from 'node:fs/promises'

/** The command lines of all running processes that work in `dir` or were given a path in it. */
export async function processesIn(dir: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
  const found = await Promise.all(
    pids.map(async (pid) => {
      // A process may end while we look.
      const [cwd, line] = await Promise.all([
        readlink(`/proc/${pid}/cwd`).catch(() => ''),
        readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
      ])
      const command = line.replaceAll('\0', ' ').trim()
      // Without a command line it is a kernel thread, or dead and not yet collected by its parent.
      return command !== '' && (cwd.startsWith(dir) || command.includes(dir)) ? [`${pid} ${command}`] : []
    }),
  )
  return found.flat()
}
