import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Mp4Layout, readMp4Layout } from './mp4-layout.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mp4-layout-'))
})
afterAll(() => rm(dir, { recursive: true }))

const box = (type: string, content: string | Buffer = '', size?: number) => {
  const body = Buffer.from(content)
  const header = Buffer.alloc(8)
  header.writeUInt32BE(size ?? body.length + 8)
  header.write(type, 4, 'latin1')
  return Buffer.concat([header, body])
}
const large = (type: string, bytes: bigint) => {
  const header = Buffer.alloc(8)
  header.writeBigUInt64BE(bytes)
  return box(type, header, 1)
}

/** The first box of an index, for a movie of 90,000 units at 600 a second. */
const mvhd = (isLong: boolean) => {
  const content = Buffer.alloc(100)
  content.writeUInt8(isLong ? 1 : 0)
  content.writeUInt32BE(600, isLong ? 20 : 12)
  if (isLong) content.writeBigUInt64BE(90_000n, 24)
  else content.writeUInt32BE(90_000, 16)
  return box('mvhd', content)
}

const ftyp = box('ftyp', 'isom0000')
const moov = box('moov', 'index')
const mdat = box('mdat', 'media')

test.each<[string, Buffer[], Partial<Mp4Layout>]>([
  ['index in front', [ftyp, moov, mdat], { brand: 'isom', moovFirst: true }],
  ['index behind', [ftyp, box('free'), mdat, moov], { moovFirst: false }],
  ['index behind large media', [ftyp, large('mdat', 16n), moov], { moovFirst: false, truncated: false }],
  ['no index', [ftyp, mdat], { moovFirst: false }],
  ['fragments', [ftyp, moov, box('moof'), mdat], { fragmented: true, moovFirst: true }],
  ['quicktime', [box('ftyp', 'qt  0000'), moov, mdat], { brand: 'qt  ' }],
  ['no brand', [moov, mdat], { brand: null, moovFirst: true }],
  ['media to the end', [ftyp, moov, box('mdat', 'abc', 0)], { moovFirst: true, truncated: false }],
  ['half of the media', [ftyp, moov, box('mdat', 'abc', 5000)], { truncated: true }],
  ['half of large media', [ftyp, moov, large('mdat', 1n << 60n)], { truncated: true }],
  ['rubbish at the end', [ftyp, moov, mdat, Buffer.from('\0\0\0\0\0\0\0\0\0\0')], { truncated: false }],
  ['a box of no size at all', [ftyp, moov, box('mdat', 'abc', 3)], { moovFirst: true, truncated: false }],
  ['a length', [ftyp, box('moov', mvhd(false)), mdat], { moovFirst: true, durationS: 150 }],
  ['a length of 64 bits', [ftyp, mdat, box('moov', mvhd(true))], { durationS: 150 }],
  ['no length', [ftyp, box('moov', box('mvhd', Buffer.alloc(100))), mdat], { durationS: null }],
  ['an index that says nothing', [ftyp, moov, mdat], { durationS: null }],
  ['nothing', [], { brand: null, moovFirst: false }],
])('%s', async (name, boxes, layout) => {
  const path = join(dir, name.replaceAll(' ', '-'))
  await writeFile(path, Buffer.concat(boxes))
  expect(await readMp4Layout(path)).toMatchObject(layout)
})
