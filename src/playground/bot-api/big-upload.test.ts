import { readdir, stat } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { TOKEN, testBotApi } from './test-bot-api.ts'

const MB = 1024 * 1024
const SIZE = 60 * MB

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** Sends sizeBytes out of one small buffer; the peak is what the whole process holds in buffers meanwhile. */
async function sendDocument(url: string, chatId: number, sizeBytes: number) {
  collectGarbage()
  const before = process.memoryUsage().arrayBuffers
  let peakBytes = 0
  const piece = Buffer.alloc(64 * 1024, 1)
  const upload = request(`${url}/bot${TOKEN}/sendDocument`, {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
  })
  const answered = new Promise<string>((resolve, reject) => {
    upload.on('response', (response) => resolve(text(response)))
    upload.on('error', reject)
  })
  await pipeline(
    Readable.from(
      (function* body() {
        yield `--b\r\ncontent-disposition: form-data; name="chat_id"\r\n\r\n${chatId}\r\n`
        yield '--b\r\ncontent-disposition: form-data; name="document"; filename="big.bin"\r\n\r\n'
        for (let sent = 0; sent < sizeBytes; sent += piece.length) {
          if (sent % (4 * MB) === 0) {
            collectGarbage()
            peakBytes = Math.max(peakBytes, process.memoryUsage().arrayBuffers - before)
          }
          yield piece
        }
        yield '\r\n--b--\r\n'
      })(),
    ),
    upload,
  )
  return { answer: JSON.parse(await answered), peakBytes }
}

it('goes to the disk as it comes, in local mode', async () => {
  const { url, world, cast } = await testBotApi({ mode: 'local' })
  const { answer, peakBytes } = await sendDocument(url, cast.alice.id, SIZE)
  expect(answer).toMatchObject({ ok: true, result: { document: { file_size: SIZE, file_name: 'big.bin' } } })
  expect((await stat(world.fileOf(answer.result.document.file_id))).size).toBe(SIZE)
  expect(peakBytes).toBeLessThan(16 * MB)
  expect(world.ledger.of('sendDocument')[0]?.bytesReceived).toBeGreaterThan(SIZE)
  expect(world.ledger.of('sendDocument')[0]?.params.document).toEqual({ file: 'big.bin', sizeBytes: SIZE })
})

it('is too large for the cloud, and leaves nothing behind', async () => {
  const { url, world, cast, dir } = await testBotApi({ mode: 'cloud' })
  const { answer } = await sendDocument(url, cast.alice.id, SIZE)
  expect(answer).toEqual({ ok: false, error_code: 413, description: 'Request Entity Too Large' })
  expect(world.messages(cast.alice.id)).toHaveLength(0)
  expect(await readdir(join(dir, 'uploads'))).toEqual([])
})
