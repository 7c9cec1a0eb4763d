import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type EngineLife, startEngine } from './guarded-engine.ts'

const SERVER = fileURLToPath(new URL('s3-server.ts', import.meta.url))

/**
 * An S3 server of our own on loopback, with its objects in `dir`.
 * It is s3rver, and so: it does not check signatures, lists without paging only, cannot abort a multipart upload, has
 * no lifecycle rules, and stores a streamed PUT damaged unless the client sets both checksum options to
 * WHEN_REQUIRED. What matters there is tested against Ceph (`npm run test:s3`).
 */
export async function startS3({
  dir,
  port,
}: {
  dir: string
  port?: number
}): Promise<EngineLife & { endpoint: string; accessKeyId: string; secretAccessKey: string }> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const objects = join(dir, 'objects')
  const engine = await startEngine({
    name: 'The S3 server',
    command: (at) => [process.execPath, SERVER, objects, String(at)],
    logFile: join(dir, 's3.log'),
    ready: (at) => fetch(`http://127.0.0.1:${at}/`).then((answer) => answer.text()),
    ...(port === undefined ? {} : { preferredPort: port }),
  })
  return {
    ...engine,
    endpoint: `http://127.0.0.1:${engine.port}`,
    // The only account that s3rver knows.
    accessKeyId: 'S3RVER',
    secretAccessKey: 'S3RVER',
  }
}
