import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3'

export type TestBucket = {
  S3_ENDPOINT: string
  S3_REGION: string
  S3_BUCKET: string
  S3_ACCESS_KEY_ID: string
  S3_SECRET_ACCESS_KEY: string
}

type Server = { endpoint: string; accessKeyId: string; secretAccessKey: string }

/** Makes a bucket; `remove` empties and removes it. */
export async function createTestBucket(
  { endpoint, accessKeyId, secretAccessKey }: Server,
  region: string,
  name: string,
): Promise<{ settings: TestBucket; remove(): Promise<void> }> {
  const client = new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
  await client.send(new CreateBucketCommand({ Bucket: name }))
  return {
    settings: {
      S3_ENDPOINT: endpoint,
      S3_REGION: region,
      S3_BUCKET: name,
      S3_ACCESS_KEY_ID: accessKeyId,
      S3_SECRET_ACCESS_KEY: secretAccessKey,
    },
    async remove() {
      // Lists anew each time, as the embedded server has no paging; every page is gone before the next.
      for (;;) {
        const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: name }))
        if (Contents.length === 0) break
        for (const { Key } of Contents) await client.send(new DeleteObjectCommand({ Bucket: name, Key }))
      }
      await client.send(new DeleteBucketCommand({ Bucket: name }))
      client.destroy()
    },
  }
}
