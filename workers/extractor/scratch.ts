import { mkdtempSync } from 'node:fs'
import { lstat, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const PREFIX = 'clipferry-scratch-'

/**
 * A new folder for the temporary files of one run, which whoever makes it removes; what a killed process leaves is swept.
 * @throws the system's error where the disk takes none
 */
export const makeScratch = (purpose: string): string => mkdtempSync(join(tmpdir(), `${PREFIX}${purpose}-`))

/**
 * Removes the folders that nobody has touched for `olderThanMs`, which must be longer than any run, for others on this
 * machine may be at work.
 * @returns how many
 */
export async function sweepScratch(olderThanMs: number): Promise<number> {
  const paths = (await readdir(tmpdir()))
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => join(tmpdir(), name))
  let swept = 0
  for (const path of paths) {
    // Null for one that has just ended by itself.
    const found = await lstat(path).catch(() => null)
    // In a folder for everybody, a stranger's may have our name.
    if (!found?.isDirectory() || found.uid !== process.getuid?.()) continue
    if (Date.now() - found.mtimeMs < olderThanMs) continue
    await rm(path, { recursive: true, force: true })
    swept += 1
  }
  return swept
}
