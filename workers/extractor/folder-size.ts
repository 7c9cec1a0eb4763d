import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

interface FolderSize {
  totalBytes: number
  /** Of the largest file. */
  largestBytes: number
}

/** Counts the files below a folder, links not followed. Files may come and go while it counts. */
export async function folderSize(dir: string): Promise<FolderSize> {
  const entries = await readdir(dir, { withFileTypes: true, recursive: true })
  const sizes = await Promise.all(
    entries.map(async (entry) => {
      if (!entry.isFile()) return 0
      try {
        return (await lstat(join(entry.parentPath, entry.name))).size
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0
        throw error
      }
    }),
  )
  return { totalBytes: sizes.reduce((sum, size) => sum + size, 0), largestBytes: Math.max(0, ...sizes) }
}
