import { randomBytes } from 'node:crypto'
import { copyFile, link, mkdir, rename, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'

export type MediaKind = 'video' | 'audio' | 'voice' | 'document' | 'photo' | 'animation'

export interface StoredFile {
  kind: MediaKind | 'thumbnail'
  /** The same for all who see the file; a file_id is good for one bot only. */
  uniqueId: string
  botId: number
  path: string
  /** Relative to the folder of the bot, as getFile names it in cloud mode. */
  relativePath: string
  sizeBytes: number
  fileName: string
  mimeType: string
  width: number
  height: number
  durationS: number
  title: string
  performer: string
  thumbnail: StoredFile | null
}

export type NewFile = Omit<StoredFile, 'uniqueId' | 'path' | 'relativePath' | 'sizeBytes'> & {
  /** The file is taken over: moved when it is ours, linked or copied when it is somebody else's. */
  from: { path: string; isOurs: boolean }
}

/** All files of one server, under `dir/<bot id>/<kind>s/`. */
export function createFileStore(dir: string) {
  const byFileId = new Map<string, StoredFile>()
  const uploadsDir = join(dir, 'uploads')
  const counts = new Map<number, number>()

  // Length and alphabet are those of real ones; the bot's id is in it, so that no two bots share one.
  const fileIdOf = (file: StoredFile) =>
    Buffer.from(`${file.kind.padEnd(9)}${file.botId}:${file.uniqueId}`).toString('base64url')

  return {
    prepare: () => mkdir(uploadsDir, { recursive: true }),
    newUploadPath: () => join(uploadsDir, randomBytes(12).toString('hex')),
    fileIdOf,

    async add({ from, ...file }: NewFile): Promise<StoredFile> {
      const count = (counts.get(file.botId) ?? -1) + 1
      counts.set(file.botId, count)
      const folder = `${file.kind}s`
      const relativePath = `${folder}/file_${count}${extname(file.fileName).toLowerCase()}`
      const path = join(dir, `${file.botId}`, relativePath)
      await mkdir(join(dir, `${file.botId}`, folder), { recursive: true })
      if (from.isOurs) await rename(from.path, path)
      // A hard link costs nothing for a file of gigabytes, and lives on when its owner removes the original.
      else await link(from.path, path).catch(() => copyFile(from.path, path))
      const { size: sizeBytes } = await stat(path)
      const uniqueId = randomBytes(9).toString('base64url')
      const stored = { ...file, path, relativePath, sizeBytes, uniqueId }
      byFileId.set(fileIdOf(stored), stored)
      return stored
    },

    /** Whoever's it is; undefined when there is none. */
    find: (fileId: string) => byFileId.get(fileId),
    findByRelativePath: (botId: number, relativePath: string) =>
      [...byFileId.values()].find((file) => file.botId === botId && file.relativePath === relativePath),
  }
}

export type FileStore = ReturnType<typeof createFileStore>
