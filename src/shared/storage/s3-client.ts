import { S3Client } from '@aws-sdk/client-s3'

/** The section `storage` of the configuration. */
export interface StorageSettings {
  S3_ENDPOINT: string
  S3_REGION: string
  S3_BUCKET: string
  S3_ACCESS_KEY_ID: string
  S3_SECRET_ACCESS_KEY: string
}

export interface StorageLimits {
  connectTimeoutMs?: number
  /** A connection on which nothing moves for so long is given up. */
  idleTimeoutMs?: number
  /** Attempts of one request, the first included. */
  attempts?: number
}

/** An idle limit and not one for the whole request: a large copy or a slow line is no fault while it moves. */
export function createS3Client(
  settings: StorageSettings,
  { connectTimeoutMs = 3_000, idleTimeoutMs = 30_000, attempts = 3 }: StorageLimits = {},
): S3Client {
  return new S3Client({
    endpoint: settings.S3_ENDPOINT,
    region: settings.S3_REGION,
    credentials: {
      accessKeyId: settings.S3_ACCESS_KEY_ID,
      secretAccessKey: settings.S3_SECRET_ACCESS_KEY,
    },
    // Most servers beside AWS have no host name per bucket.
    forcePathStyle: true,
    // The SDK's own checksums travel as trailers that other servers refuse or, worse, store as content. Ours
    // (sha256, over the whole file) does not depend on the server.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: attempts,
    requestHandler: { connectionTimeout: connectTimeoutMs, socketTimeout: idleTimeoutMs },
  })
}
