import { readdir, readFile, readlink } from 'node:fs/promises'
import { descendantsOf } from '../playground/testing/process-tree.ts'

const PROGRAM = /^\S*node .*?(?:src\/(bot|web)|workers)\/main\.ts ?(\S*)/

/** The processes of the product by what they run: `bot`, `web`, or their stage. */
export async function productPids(): Promise<Map<string, number>> {
  const found = (await descendantsOf(process.pid)).flatMap(({ pid, command }): [string, number][] => {
    const [matched, program, stage] = PROGRAM.exec(command) ?? []
    return matched ? [[program ?? stage ?? '', pid]] : []
  })
  return new Map(found)
}

/** The local ports of a process's TCP connections (proc(5): /proc/pid/fd and /proc/net/tcp). */
export async function portsOf(pid: number): Promise<Set<number>> {
  const [fds, table] = await Promise.all([
    readdir(`/proc/${pid}/fd`),
    readFile(`/proc/${pid}/net/tcp`, 'utf8'),
  ])
  const links = await Promise.all(fds.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')))
  const inodes = new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []))
  const lines = table.split('\n').map((line) => line.trim().split(/\s+/))
  return new Set(
    lines
      .filter(([, , , , , , , , , inode]) => inode !== undefined && inodes.has(inode))
      .map(([, local = '']) => Number.parseInt(local.split(':')[1] ?? '', 16)),
  )
}
