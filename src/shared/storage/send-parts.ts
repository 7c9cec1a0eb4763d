import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { PART_BYTES, type PartBuffers } from './part-buffers.ts'
import type { PutOptions, StoredFile } from './storage.ts'
import { ObjectDamaged } from './storage-error.ts'

/** Parts of one file at a time. */
const SENDERS = 2

export interface Sending extends PutOptions {
  client: S3Client
  bucket: string
  key: string
  buffers: PartBuffers
  path: string
  expected: Omit<StoredFile, 'key'>
}

/**
 * Sends a file. Not by @aws-sdk/lib-storage, which cuts a stream into parts by copying it: a file of 500 MB leaves a
 * gigabyte of buffers behind, of which a busy process collects the first ones when it has grown by 100 MB.
 * Parts in flight end before a failure is told, and what they stored is freed.
 * @param onLastStep called before the request after which the object may be readable.
 */
export async function sendFile(sending: Sending, onLastStep: () => void): Promise<void> {
  const { client, bucket, key, buffers, path, expected, contentType, signal } = sending
  const file = await open(path, 'r')
  try {
    const source = createSource(file, expected, signal)
    const object = {
      ...{ Bucket: bucket, Key: key, ContentType: contentType },
      Metadata: { sha256: expected.sha256 },
    }
    if (expected.sizeBytes > PART_BYTES) return await sendParts(sending, source, object, onLastStep)
    await buffers.lend(async (buffer) => {
      const part = await source.next(buffer)
      source.end()
      onLastStep()
      await client.send(new PutObjectCommand({ ...object, Body: part?.bytes ?? '' }))
    })
    sending.onProgress?.(expected.sizeBytes)
  } finally {
    await file.close()
  }
}

type Source = ReturnType<typeof createSource>

/** The parts of a file, one after the other, whoever asks. */
function createSource(file: FileHandle, expected: Sending['expected'], signal: AbortSignal | undefined) {
  const hash = createHash('sha256')
  let position = 0
  let number = 0
  let turn: Promise<unknown> = Promise.resolve()

  const read = async (buffer: Buffer) => {
    signal?.throwIfAborted()
    const length = Math.min(buffer.length, expected.sizeBytes - position)
    if (length === 0) return null
    let filled = 0
    while (filled < length) {
      const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled)
      if (bytesRead === 0) throw new ObjectDamaged('put')
      filled += bytesRead
    }
    const bytes = buffer.subarray(0, length)
    hash.update(bytes)
    position += length
    number += 1
    return { number, bytes }
  }

  return {
    next(buffer: Buffer): ReturnType<typeof read> {
      const mine = turn.then(() => read(buffer))
      // Nobody goes on behind a failure: the rest would be stored for nothing.
      turn = mine
      return mine
    },
    /** @throws ObjectDamaged when what was read is not what was expected. */
    end(): void {
      if (hash.digest('hex') !== expected.sha256) throw new ObjectDamaged('put')
    },
  }
}

async function sendParts(
  { client, bucket, key, buffers, signal, onProgress }: Sending,
  source: Source,
  object: { Bucket: string; Key: string; ContentType: string; Metadata: Record<string, string> },
  onLastStep: () => void,
): Promise<void> {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(object))
  const upload = { Bucket: bucket, Key: key, UploadId }
  const parts: { PartNumber: number; ETag: string | undefined }[] = []
  let doneBytes = 0
  let isFailing = false
  /** @returns false when there was none left. */
  const sendOne = async (buffer: Buffer): Promise<boolean> => {
    const part = await source.next(buffer)
    if (!part) return false
    const { number: PartNumber, bytes: Body } = part
    const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body }))
    parts.push({ PartNumber, ETag })
    doneBytes += Body.length
    onProgress?.(doneBytes)
    return true
  }
  const sendAll = async () => {
    while (!isFailing && (await buffers.lend(sendOne)));
  }
  try {
    const sent = await Promise.allSettled(
      Array.from({ length: SENDERS }, () =>
        sendAll().catch((error: unknown) => {
          isFailing = true
          throw error
        }),
      ),
    )
    for (const one of sent) if (one.status === 'rejected') throw one.reason
    source.end()
    signal?.throwIfAborted()
    onLastStep()
    const Parts = parts.sort((a, b) => a.PartNumber - b.PartNumber)
    await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }))
  } catch (error) {
    // Servers that cannot free parts say so here; what counts is why.
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined)
    throw error
  }
}
