import { randomBytes } from 'node:crypto'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** For tests: an executable that does what a line of shell says. */
export async function fakeTool(dir: string, script: string): Promise<string> {
  const path = join(dir, `tool-${randomBytes(4).toString('hex')}`)
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o755)
  return path
}
