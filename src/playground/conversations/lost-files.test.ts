import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { expectVideo } from './expect-delivered.ts'
import { PATIENCE_MS, runningStack } from './running-stack.ts'

const { world, bucket, dir, state, person, link, hits } = await runningStack()
const s3 = new S3Client({
  endpoint: bucket.S3_ENDPOINT,
  region: bucket.S3_REGION,
  credentials: { accessKeyId: bucket.S3_ACCESS_KEY_ID, secretAccessKey: bucket.S3_SECRET_ACCESS_KEY },
  forcePathStyle: true,
})
afterAll(() => s3.destroy())

const Bucket = bucket.S3_BUCKET
const videos = async () =>
  ((await s3.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).filter(({ Key }) =>
    Key?.endsWith('.mp4'),
  )
const remove = async () => {
  for (const { Key } of await videos()) await s3.send(new DeleteObjectCommand({ Bucket, Key }))
}
const overwrite = (change: (size: number) => Buffer) => async () => {
  for (const { Key, Size = 0 } of await videos())
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: change(Size) }))
}

/** Somebody gets a link, so that Telegram and the cache have it, and the disk has it no more. */
async function deliverOnce(path: string) {
  const asking = person().ask(link(path))
  await asking.press(/Video/)
  await asking.untilMedia()
  await vi.waitFor(async () => {
    const request = await state.requests.get(asking.ticket())
    const { stored, delivered } = await state.joins.shared(request?.mediaKey ?? '')
    expect({ stored, delivered }).toEqual({ stored: '1', delivered: '1' })
    expect(await readdir(join(dir, 'artifacts', 'kept'))).toEqual([])
  }, PATIENCE_MS)
  return hits(path)
}

/** Telegram does not know the file_id any more that it gave. */
const forgetFileId = (chatId: number) =>
  world.faults.add(
    {
      method: /^(editMessageMedia|send(Video|Audio|Document))$/,
      chatId,
      when: ({ params }) => !JSON.stringify(params).includes('file://'),
    },
    { kind: 'error_before', code: 400, description: 'Bad Request: wrong file identifier/HTTP URL specified' },
  )

describe('Telegram has forgotten a file', { timeout: PATIENCE_MS }, () => {
  test('the cache has it: delivered from there, and the site is not asked', async () => {
    const path = '/files/clip-30.mp4'
    const asked = await deliverOnce(path)
    const asking = person().ask(link(path))
    const fault = forgetFileId(asking.chat.id)
    await asking.press(/Video/)
    await expectVideo(world, await asking.untilMedia(), { height: 360, seconds: 8 })
    expect(fault.hits()).toBe(1)
    expect(hits(path)).toBe(asked)
    expect(asking.answers()).toHaveLength(1)
  })

  test.each([
    ['is removed', '31', remove],
    ['is cut short', '32', overwrite((size) => Buffer.alloc(Math.floor(size / 2), 1))],
    ['is as long as it was, with other bytes in it', '33', overwrite((size) => Buffer.alloc(size, 1))],
    ['is empty', '34', overwrite(() => Buffer.alloc(0))],
  ])('and the cached object %s: fetched again, in the same ticket', async (_, number, damage) => {
    const path = `/files/clip-${number}.mp4`
    const asked = await deliverOnce(path)
    expect(await videos()).not.toEqual([])
    await damage()
    const asking = person().ask(link(path))
    const fault = forgetFileId(asking.chat.id)
    await asking.press(/Video/)
    const message = await asking.untilMedia()
    await expectVideo(world, message, { height: 360, seconds: 8 })
    expect(fault.hits()).toBe(1)
    expect(hits(path)).toBeGreaterThan(asked)
    expect(asking.answers().map(({ message_id }) => message_id)).toEqual([message.message_id])

    // What was fetched again serves the next one.
    const after = hits(path)
    const next = person().ask(link(path))
    await next.press(/Video/)
    await next.untilMedia()
    expect(hits(path)).toBe(after)
  })
})

test('Telegram has it and the cache has lost it: nobody notices', { timeout: PATIENCE_MS }, async () => {
  const path = '/files/clip-35.mp4'
  const asked = await deliverOnce(path)
  await remove()
  const asking = person().ask(link(path))
  await asking.press(/Video/)
  await asking.untilMedia()
  expect(hits(path)).toBe(asked)
})
