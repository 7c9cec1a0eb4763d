import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type MultipartUpload,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'

/** See `Storage.abortStaleUploads`. */
export async function abortStaleUploads(client: S3Client, bucket: string, beforeMs: number): Promise<number> {
  let aborted = 0
  for (const { Key, UploadId, Initiated } of await openUploads(client, bucket)) {
    if (!Initiated || Initiated.getTime() > beforeMs) continue
    await client
      .send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }))
      // It ended while we looked.
      .catch((error: unknown) => {
        if (!(error instanceof S3ServiceException && error.name === 'NoSuchUpload')) throw error
      })
    aborted++
  }
  return aborted
}

/** All pages first: aborting while listing moves the pages. */
async function openUploads(client: S3Client, bucket: string): Promise<MultipartUpload[]> {
  const uploads: MultipartUpload[] = []
  let from: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {}
  for (;;) {
    const page = await client
      .send(new ListMultipartUploadsCommand({ Bucket: bucket, ...from }))
      .catch((error: unknown) => {
        if (isUnsupported(error)) return null
        throw error
      })
    uploads.push(...(page?.Uploads ?? []))
    if (!page?.IsTruncated) return uploads
    from = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
  }
}

/** Small servers (s3rver) know multipart uploads but cannot list them. */
function isUnsupported(error: unknown): boolean {
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined
  return status === 405 || status === 501
}
