import { stat } from 'node:fs/promises'
import type { Message } from '@grammyjs/types'
import { expect } from 'vitest'
import { imageSize } from '../bot-api/image-size.ts'
import type { World } from '../bot-api/world.ts'
import { fileFacts } from './file-facts.ts'

/** The last frame of sound or picture may stick out a little. */
const DURATION_TOLERANCE_S = 0.6

interface ExpectedVideo {
  height: number
  seconds: number
  silent?: boolean
}

/** A video as every Telegram client plays it, and a message that says of it what is true. */
export async function expectVideo(world: World, message: Message, expected: ExpectedVideo) {
  // Telegram makes an animation of a silent video; the stand-in leaves it a video.
  const { video } = message
  if (!video) throw new Error(`no video but ${Object.keys(message)}`)
  const path = world.fileOf(video.file_id)
  const file = await fileFacts(path)
  expect(file.video).toMatchObject({ codec_name: 'h264', pix_fmt: 'yuv420p', height: expected.height })
  expect((file.video?.width ?? 1) % 2).toBe(0)
  expect((file.video?.height ?? 1) % 2).toBe(0)
  expect(file.video?.side_data_list.map(({ rotation }) => rotation ?? 0).filter(Boolean)).toEqual([])
  expect(file.audio?.codec_name).toBe(expected.silent ? undefined : 'aac')
  expect(file.boxes.indexOf('moov')).toBeGreaterThan(0)
  expect(file.boxes.indexOf('moov')).toBeLessThan(file.boxes.indexOf('mdat'))
  expect(Math.abs(file.format.duration - expected.seconds)).toBeLessThan(DURATION_TOLERANCE_S)
  expect(video).toMatchObject({
    ...{ width: file.video?.width, height: file.video?.height, file_size: (await stat(path)).size },
    ...{ duration: Math.round(file.format.duration), mime_type: 'video/mp4' },
  })
  await expectThumbnail(world, video.thumbnail)
  return file
}

interface ExpectedAudio {
  codec: 'aac' | 'mp3'
  seconds: number
  title: string
  performer?: string
  hasCover: boolean
}

/** A song with its name, its performer and its cover, in the file and in the message. */
export async function expectAudio(world: World, message: Message, expected: ExpectedAudio) {
  const { audio } = message
  if (!audio) throw new Error(`no audio but ${Object.keys(message)}`)
  const path = world.fileOf(audio.file_id)
  const file = await fileFacts(path)
  expect(file.audio?.codec_name).toBe(expected.codec)
  expect(file.video).toBeUndefined()
  if (expected.codec === 'aac') expect(file.boxes.indexOf('moov')).toBeLessThan(file.boxes.indexOf('mdat'))
  expect(Math.abs(file.format.duration - expected.seconds)).toBeLessThan(DURATION_TOLERANCE_S)
  const { title, performer } = expected
  expect(file.format.tags).toMatchObject({ title, ...(performer ? { artist: performer } : {}) })
  expect(audio).toMatchObject({
    ...{ title, ...(performer ? { performer } : {}), file_size: (await stat(path)).size },
    ...{ duration: Math.round(file.format.duration) },
    mime_type: expected.codec === 'aac' ? 'audio/mp4' : 'audio/mpeg',
  })
  if (expected.hasCover) {
    expect(file.cover).toBeDefined()
    await expectThumbnail(world, audio.thumbnail)
  }
  return file
}

/** What Telegram takes as a thumbnail (core.telegram.org/bots/api#sendvideo). */
async function expectThumbnail(world: World, thumbnail: { file_id: string } | undefined) {
  if (!thumbnail) throw new Error('no thumbnail')
  const path = world.fileOf(thumbnail.file_id)
  const size = await imageSize(path)
  expect(size?.format).toBe('jpeg')
  expect(Math.max(size?.width ?? 0, size?.height ?? 0)).toBeLessThanOrEqual(320)
  expect((await stat(path)).size).toBeLessThan(200_000)
}
