import type { Readable } from 'node:stream'

/** What is in an object, as its reader may demand it. */
export interface StoredFile {
  key: string
  sizeBytes: number
  /** Lower-case hex. */
  sha256: string
}

/** What the server says about an object. */
export interface ObjectFacts {
  key: string
  sizeBytes: number
  /** What `put` noted; null for an object that somebody else wrote. */
  sha256: string | null
}

/** One line of a listing. */
export interface ListedObject {
  key: string
  sizeBytes: number
  modifiedAtMs: number
}

export interface TransferOptions {
  signal?: AbortSignal
  /** Bytes so far. */
  onProgress?: (doneBytes: number) => void
}

export interface PutOptions extends TransferOptions {
  contentType: string
}

/**
 * One private bucket. Nothing can be read until it is whole, and nothing is handed out that is not what the
 * reader expects. Everything throws `StorageError`; after an abort the signal's reason; and for a fault of the
 * local disk that error as it is.
 */
export interface Storage {
  /** Creates the bucket when there is none. */
  ensureBucket(): Promise<void>
  /** Streams a finished file from disk; the answer is what a later reader must expect. */
  put(key: string, path: string, options: PutOptions): Promise<StoredFile>
  /**
   * Streams an object to a temporary name beside `toPath`, checks it, then renames it.
   * @throws ObjectMissing, ObjectDamaged; `toPath` is then untouched.
   */
  download(expected: StoredFile, toPath: string, options?: TransferOptions): Promise<void>
  /**
   * The bytes of an object, for whoever passes them on. Only the end tells whether they were right: on wrong
   * bytes the stream fails with ObjectDamaged instead of ending.
   * @throws ObjectMissing before the first byte.
   */
  openStream(expected: StoredFile, options?: TransferOptions): Promise<Readable>
  /** @throws ObjectMissing */
  head(key: string): Promise<ObjectFacts>
  /** Server-side, up to 5 GB, checksum note included. @throws ObjectMissing */
  copy(from: string, to: string, options?: TransferOptions): Promise<StoredFile>
  /** Keys that are not there are fine. */
  remove(keys: readonly string[]): Promise<void>
  /** All objects whose key starts with `prefix`, in no particular order. */
  list(prefix: string): AsyncIterable<ListedObject>
  /**
   * Frees the parts of uploads that began before `olderThanMs` ago and never ended; they are invisible but
   * cost space. @returns how many uploads; 0 on servers that cannot list them.
   */
  abortStaleUploads(olderThanMs: number): Promise<number>
}
