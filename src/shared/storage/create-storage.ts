import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectsCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { guarded } from './as-storage-error.ts'
import { downloadFile, openFile } from './get-file.ts'
import { createPartBuffers } from './part-buffers.ts'
import { putFile } from './put-file.ts'
import { createS3Client, type StorageLimits, type StorageSettings } from './s3-client.ts'
import { abortStaleUploads } from './stale-uploads.ts'
import type { ObjectFacts, Storage } from './storage.ts'
import { ObjectDamaged, StorageError } from './storage-error.ts'

/** S3 deletes at most so many in one request. */
const DELETE_BATCH = 1000
/** Over all uploads: 15 MB. */
const PARTS_AT_ONCE = 3

/** The bucket of the settings; see `Storage`. Opens no connection before the first call. */
export function createStorage(settings: StorageSettings, limits?: StorageLimits): Storage {
  const client = createS3Client(settings, limits)
  const bucket = settings.S3_BUCKET
  const source = { client, bucket }
  const buffers = createPartBuffers(PARTS_AT_ONCE)

  async function head(key: string, signal?: AbortSignal): Promise<ObjectFacts> {
    const { ContentLength, Metadata } = await client.send(
      new HeadObjectCommand({ Bucket: bucket, Key: key }),
      signal ? { abortSignal: signal } : {},
    )
    return { key, sizeBytes: ContentLength ?? 0, sha256: Metadata?.sha256 ?? null }
  }

  return {
    ensureBucket: () =>
      guarded('ensureBucket', undefined, async () => {
        try {
          await client.send(new HeadBucketCommand({ Bucket: bucket }))
        } catch (error) {
          const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined
          if (status !== 404) throw error
          await client.send(new CreateBucketCommand({ Bucket: bucket })).catch(async (created: unknown) => {
            // Another process was faster. Servers disagree on how they say so; that we may use it says enough.
            await client.send(new HeadBucketCommand({ Bucket: bucket })).catch(() => {
              throw created
            })
          })
        }
      }),

    put: (key, path, options) => putFile({ client, bucket, key, buffers }, path, options),
    download: (expected, toPath, options = {}) => downloadFile(source, expected, toPath, options),
    openStream: (expected, options = {}) => openFile(source, expected, options),
    head: (key) => guarded('head', undefined, () => head(key)),

    copy: (from, to, { signal } = {}) =>
      guarded('copy', signal, async () => {
        const original = await head(from, signal)
        if (original.sha256 === null) throw new ObjectDamaged('copy')
        await client.send(
          new CopyObjectCommand({ Bucket: bucket, Key: to, CopySource: encodeURI(`${bucket}/${from}`) }),
          signal ? { abortSignal: signal } : {},
        )
        const { sizeBytes, sha256 } = await head(to, signal)
        if (sizeBytes !== original.sizeBytes || sha256 !== original.sha256) throw new ObjectDamaged('copy')
        return { key: to, sizeBytes, sha256 }
      }),

    remove: (keys) =>
      guarded('remove', undefined, async () => {
        for (let from = 0; from < keys.length; from += DELETE_BATCH) {
          const Objects = keys.slice(from, from + DELETE_BATCH).map((Key) => ({ Key }))
          const { Errors = [] } = await client.send(
            new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
          )
          if (Errors.length > 0)
            throw new StorageError(
              Errors.every((e) => e.Code === 'AccessDenied') ? 'denied' : 'unavailable',
              'remove',
            )
        }
      }),

    async *list(prefix) {
      let after: string | undefined
      do {
        // The older listing, which goes on after a key: s3rver fails to make the tokens of the newer one.
        const page = await guarded('list', undefined, () =>
          client.send(
            new ListObjectsCommand({ Bucket: bucket, Prefix: prefix, ...(after ? { Marker: after } : {}) }),
          ),
        )
        for (const { Key, Size = 0, LastModified } of page.Contents ?? [])
          if (Key !== undefined)
            yield { key: Key, sizeBytes: Size, modifiedAtMs: LastModified?.getTime() ?? Date.now() }
        after = page.IsTruncated ? page.Contents?.at(-1)?.Key : undefined
      } while (after)
    },

    abortStaleUploads: (olderThanMs) =>
      guarded('abortStaleUploads', undefined, () =>
        abortStaleUploads(client, bucket, Date.now() - olderThanMs),
      ),
  }
}
