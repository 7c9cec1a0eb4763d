import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

interface FolderSize {
  totalBytes: number
  /** Of the largest file. */
  largestBytes: number
}

/** Counts the files below a folder, links not followed. Files may come and go while it counts. */
export async function folderSize(dir: string): Promise<FolderSize> {
  const entries = await readdir(dir, { withFileTypes: true, recursive: true }).catch(vanished([]))
  const sizes = await Promise.all(
    entries.map(async (entry) => {
      if (!entry.isFile()) return 0
      const { size } = await lstat(join(entry.parentPath, entry.name)).catch(vanished({ size: 0 }))
      return size
    }),
  )
  return { totalBytes: sizes.reduce((sum, size) => sum + size, 0), largestBytes: Math.max(0, ...sizes) }
}

/** Tools make and remove folders of their own: what is gone by now has no size, and the next look counts anew. */
const vanished =
  <T>(nothing: T) =>
  (error: unknown): T => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return nothing
    throw error
  }
