import type { Room, RoomRequest } from './disk-room.ts'

export interface TransferOptions {
  signal?: AbortSignal
}

/**
 * Files that stages hand to each other. A production is named by letters, digits, `_` and `-`; a file also by
 * dots, though not at its start. Other names throw a RangeError: they would be somebody's way out of the folder.
 */
export interface Artifacts {
  /**
   * The private folder (0700) of one run of one stage; made when it is not there. In shared mode it is on the
   * same file system as kept artifacts.
   */
  workDir(production: string, run: string): Promise<string>
  /**
   * Takes over a finished, regular file: it is gone from `path` afterwards. Replaces an artifact of the same
   * name at once, so a reader sees the old or the new one, never half of it.
   * @returns the reference, `production/name`.
   */
  keep(production: string, name: string, path: string, options?: TransferOptions): Promise<string>
  /**
   * A local path of an artifact: read it, do not change or move it.
   * @throws ArtifactMissing when it was never kept, or is swept.
   */
  open(ref: string, options?: TransferOptions): Promise<string>
  /** The object that holds an artifact, for server-side copies; null when it is on a shared disk. */
  objectKey(ref: string): string | null
  /** All files of a production, kept or in work. Fine when there are none. */
  remove(production: string): Promise<void>
  /** Bytes that a process without special rights may still write, whoever they are promised to. */
  freeBytes(): Promise<number>
  /** Promises room on this host's disk to a run, over all processes that share it. Null when there is none now. */
  reserve(request: RoomRequest): Promise<Room | null>
  /** Removes the productions that nobody touched for `olderThanMs`. @returns how many. */
  sweep(olderThanMs: number): Promise<number>
}

/** The artifact is not there (any more): only running the stages before again can bring it back. */
export class ArtifactMissing extends Error {
  constructor(options?: ErrorOptions) {
    super('the artifact is missing', options)
    this.name = 'ArtifactMissing'
  }
}
