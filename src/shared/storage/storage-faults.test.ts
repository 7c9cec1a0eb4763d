import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterEach, expect, test } from 'vitest'
import { testDir } from '../../playground/testing/services.ts'
import { createLogger } from '../logger.ts'
import { createStorage } from './create-storage.ts'

/** Servers that do what a healthy one never does. */

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function listening(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `http://127.0.0.1:${address.port}`
}

const storageAt = (endpoint: string) =>
  createStorage(
    {
      S3_ENDPOINT: endpoint,
      S3_REGION: 'us-east-1',
      S3_BUCKET: 'bucket',
      S3_ACCESS_KEY_ID: 'AKSECRETID',
      S3_SECRET_ACCESS_KEY: 'verysecretkey',
    },
    { connectTimeoutMs: 1000, idleTimeoutMs: 1000, attempts: 2 },
  )

const expected = { key: 'cache/a.mp4', sizeBytes: 10, sha256: 'a'.repeat(64) }

async function everyOperation(endpoint: string) {
  const storage = storageAt(endpoint)
  const dir = await testDir()
  const path = join(dir, 'file')
  await writeFile(path, 'content')
  const outcomes = await Promise.allSettled([
    storage.ensureBucket(),
    storage.put('cache/a.mp4', path, { contentType: 'video/mp4' }),
    storage.download(expected, join(dir, 'target')),
    storage.openStream(expected).then((stream) => buffer(stream)),
    storage.head('cache/a.mp4'),
    storage.copy('cache/a.mp4', 'cache/b.mp4'),
    storage.remove(['cache/a.mp4']),
    storage.list('')[Symbol.asyncIterator]().next(),
    storage.abortStaleUploads(0),
  ])
  return outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : 'no error'))
}

test.each<[string, RequestListener | null]>([
  ['refuses connections', null],
  ['never answers', () => undefined],
  ['answers with 503', (_, response) => response.writeHead(503).end()],
  ['hangs up', (request) => request.socket.destroy()],
])('a server that %s is unavailable, and nobody waits for ever', async (_name, answer) => {
  const endpoint = answer ? await listening(answer) : 'http://127.0.0.1:1'
  for (const error of await everyOperation(endpoint))
    expect(error).toMatchObject({ name: 'StorageError', kind: 'unavailable' })
})

test('a body that stops midway fails the reader in bounded time', async () => {
  const endpoint = await listening((_, response) => {
    response.writeHead(200, { 'content-length': 10 }).write('half')
  })
  const stream = await storageAt(endpoint).openStream(expected)
  await expect(buffer(stream)).rejects.toMatchObject({ name: 'StorageError', kind: 'unavailable' })
})

test('a body that is cut off fails the reader', async () => {
  const endpoint = await listening((_, response) => {
    response.writeHead(200, { 'content-length': 10 })
    response.write('half', () => response.destroy())
  })
  const stream = await storageAt(endpoint).openStream(expected)
  await expect(buffer(stream)).rejects.toMatchObject({ name: 'StorageError', kind: 'unavailable' })
})

test('a reader that leaves early closes the connection', async () => {
  const closed = Promise.withResolvers<void>()
  const endpoint = await listening((_, response) => {
    response.once('close', () => closed.resolve())
    response.writeHead(200, { 'content-length': 10 }).write('half')
  })
  const stream = await storageAt(endpoint).openStream(expected)
  stream.destroy()
  await closed.promise
})

test('an upload that arrived as something else is taken back', async () => {
  const requests: string[] = []
  const endpoint = await listening((request, response) => {
    requests.push(`${request.method} ${request.url?.split('?', 1)[0]}`)
    request.resume().once('end', () => response.writeHead(200, { etag: '"x"' }).end())
  })
  const path = join(await testDir(), 'file')
  await writeFile(path, 'content')
  const put = storageAt(endpoint).put('cache/a.mp4', path, { contentType: 'video/mp4' })
  await expect(put).rejects.toMatchObject({ kind: 'damaged' })
  expect(requests).toEqual(['PUT', 'HEAD', 'DELETE'].map((method) => `${method} /bucket/cache/a.mp4`))
})

test('a refusal is denied, and what is logged of it holds no credential', async () => {
  const endpoint = await listening((request, response) => {
    request.resume()
    response.writeHead(403, { 'content-type': 'application/xml' })
    response.end(
      request.method === 'HEAD'
        ? ''
        : '<Error><Code>InvalidAccessKeyId</Code><Message>No such key</Message><AWSAccessKeyId>AKSECRETID</AWSAccessKeyId></Error>',
    )
  })
  const lines: string[] = []
  const log = createLogger('info', 'test', { write: (line) => lines.push(line) })
  for (const error of await everyOperation(endpoint)) {
    expect(error).toMatchObject({ name: 'StorageError', kind: 'denied' })
    log.error({ err: error }, 'storage failed')
  }
  expect(lines).toHaveLength(9)
  expect(lines.join('')).not.toMatch(/AKSECRETID|verysecretkey|Signature=/)
})
