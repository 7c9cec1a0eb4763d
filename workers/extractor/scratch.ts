import { mkdtempSync } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
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
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(PREFIX))
  let swept = 0
  for (const path of names.map((name) => join(tmpdir(), name))) {
    // Null for one that has just ended by itself.
    const touchedMs = (await stat(path).catch(() => null))?.mtimeMs
    if (touchedMs === undefined || Date.now() - touchedMs < olderThanMs) continue
    await rm(path, { recursive: true, force: true })
    swept += 1
  }
  return swept
}
