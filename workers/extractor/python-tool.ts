import { open, stat } from 'node:fs/promises'
import { execa } from 'execa'
import { GUARD } from '../../src/shared/guarded-process.ts'

const FIRST_LINE_BYTES = 512

/** Where a shell finds the tool; null when it does not. */
export async function locateTool(command: string): Promise<string | null> {
  if (command.includes('/')) return command
  // By the guard, so that it is looked for where the plain way would find it.
  const { stdout } = await execa(GUARD, ['sh', '-c', 'command -v -- "$1"', 'sh', command], { reject: false })
  return stdout.trim() || null
}

/** The command that a program's first line names, when that is a Python; null for any other program. */
export function interpreterOf(firstLine: string): string[] | null {
  const words = /^#!\s*(\/.+)$/.exec(firstLine)?.[1]?.trim().split(/\s+/) ?? []
  const isPython = words.some((word) => /^(.*\/)?(python|pypy)[\d.]*$/.test(word))
  return isPython ? words : null
}

/** The interpreter of a tool that Python can import; null for a binary, a script of a shell, or nothing. */
export async function pythonOf(path: string): Promise<string[] | null> {
  const file = await open(path).catch(() => null)
  if (!file) return null
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(FIRST_LINE_BYTES), 0, FIRST_LINE_BYTES, 0)
    const [line, ...rest] = buffer.toString('latin1', 0, bytesRead).split('\n')
    return line !== undefined && rest.length > 0 ? interpreterOf(line) : null
  } finally {
    await file.close()
  }
}

/** Changes when a file is replaced; one that is not there has a state as well. */
export async function fileState(path: string): Promise<string> {
  const found = await stat(path).catch(() => null)
  return found ? [found.dev, found.ino, found.size, found.mtimeMs].join(' ') : 'none'
}
