import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { finished, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { asStorageError, guarded } from './as-storage-error.ts'
import { checkedBytes } from './checked-bytes.ts'
import type { StoredFile, TransferOptions } from './storage.ts'
import { ObjectDamaged } from './storage-error.ts'

interface Source {
  client: S3Client
  bucket: string
}

async function openBody(
  { client, bucket }: Source,
  operation: string,
  expected: StoredFile,
  signal: AbortSignal | undefined,
): Promise<Readable> {
  return await guarded(operation, signal, async () => {
    const { Body, ContentLength } = await client.send(
      new GetObjectCommand({ Bucket: bucket, Key: expected.key }),
      signal ? { abortSignal: signal } : {},
    )
    if (!(Body instanceof Readable)) throw new TypeError('the answer has no body')
    if (ContentLength === undefined || ContentLength === expected.sizeBytes) return Body
    Body.destroy()
    throw new ObjectDamaged(operation)
  })
}

/** See `Storage.openStream`. */
export async function openFile(
  source: Source,
  expected: StoredFile,
  { signal, onProgress }: TransferOptions,
): Promise<Readable> {
  const body = await openBody(source, 'openStream', expected, signal)
  const checked = checkedBytes('openStream', expected, onProgress)
  const fail = (error: unknown) => {
    const reason = asStorageError('openStream', error, signal)
    checked.destroy(reason instanceof Error ? reason : new Error('aborted', { cause: reason }))
  }
  // Not `pipeline`: it would hand the reader the connection's own error, before it could be made one of ours.
  finished(body, (error) => error && fail(error))
  const abort = () => fail(signal?.reason)
  signal?.addEventListener('abort', abort, { once: true })
  // A reader that leaves early ends the request as well.
  checked.once('close', () => {
    signal?.removeEventListener('abort', abort)
    body.destroy()
  })
  return body.pipe(checked)
}

/** See `Storage.download`. */
export async function downloadFile(
  source: Source,
  expected: StoredFile,
  toPath: string,
  { signal, onProgress }: TransferOptions,
): Promise<void> {
  const body = await openBody(source, 'download', expected, signal)
  // In the same folder, so that the rename does not copy; random, so that two downloads do not meet.
  const partial = `${toPath}.${randomBytes(6).toString('hex')}.part`
  try {
    await pipeline(
      body,
      checkedBytes('download', expected, onProgress),
      createWriteStream(partial, { flags: 'wx', mode: 0o600 }),
      signal ? { signal } : {},
    )
    await rename(partial, toPath)
  } catch (error) {
    await rm(partial, { force: true })
    throw asStorageError('download', error, signal)
  }
}
