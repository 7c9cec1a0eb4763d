import { type FileHandle, open } from 'node:fs/promises'

/** What the top-level boxes of an mp4 or mov file say (ISO/IEC 14496-12, 4.2). */
export interface Mp4Layout {
  /** Four characters of the `ftyp` box; null for old QuickTime files, which have none. */
  brand: string | null
  /** The index stands before the media: a player can start before it has the whole file. */
  moovFirst: boolean
  /** The index is spread over the file (`moof`): such files seek badly and show no length in some players. */
  fragmented: boolean
  /** A box says it reaches further than the file does: the rest is missing. */
  truncated: boolean
  /** What the index says first, s; null when it says none, or is fragmented. Good for a guess: ffprobe knows better. */
  durationS: number | null
}

interface Box {
  type: string
  endByte: number
}

const NOTHING: Mp4Layout = {
  brand: null,
  moovFirst: false,
  fragmented: false,
  truncated: false,
  durationS: null,
}
/** A file with more boxes than this at the top is nothing that a player was made for. */
const MAX_BOXES = 1000

/** Reads the headers of the top-level boxes, a few bytes each, wherever in the file they are. */
export async function readMp4Layout(path: string): Promise<Mp4Layout> {
  const file = await open(path, 'r')
  try {
    const { size: sizeBytes } = await file.stat()
    const layout: Mp4Layout = { ...NOTHING }
    let mediaSeen = false
    let position = 0
    for (let boxes = 0; boxes < MAX_BOXES && position < sizeBytes; boxes++) {
      const box = await readBox(file, position, sizeBytes)
      if (!box) break
      if (box.type === 'ftyp') layout.brand = await readText(file, position + 8)
      if (box.type === 'mdat') mediaSeen = true
      if (box.type === 'moov') {
        layout.moovFirst = !mediaSeen
        layout.durationS = await readDuration(file, position + 8)
      }
      if (box.type === 'moof') layout.fragmented = true
      if (box.endByte > sizeBytes) layout.truncated = true
      position = box.endByte
    }
    return layout
  } finally {
    await file.close()
  }
}

/** Null for bytes that are no box: some tools leave rubbish behind the last one. */
async function readBox(file: FileHandle, position: number, fileBytes: number): Promise<Box | null> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(16), 0, 16, position)
  if (bytesRead < 8) return null
  const type = buffer.toString('latin1', 4, 8)
  if (!/^[ -~\xa9]{4}$/.test(type)) return null
  const size = buffer.readUInt32BE(0)
  // 0: to the end of the file. 1: the real size follows, in 64 bits.
  if (size === 0) return { type, endByte: fileBytes }
  if (size === 1) {
    const large = bytesRead < 16 ? 0n : buffer.readBigUInt64BE(8)
    return large < 16n ? null : { type, endByte: position + Number(large) }
  }
  return size < 8 ? null : { type, endByte: position + size }
}

async function readText(file: FileHandle, position: number): Promise<string | null> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(4), 0, 4, position)
  return bytesRead === 4 ? buffer.toString('latin1') : null
}

/** From the header of the movie (`mvhd`), which everybody writes as the first box of an index. */
async function readDuration(file: FileHandle, position: number): Promise<number | null> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(40), 0, 40, position)
  if (bytesRead < 40 || buffer.toString('latin1', 4, 8) !== 'mvhd') return null
  const isLong = buffer.readUInt8(8) === 1
  const unitsPerS = buffer.readUInt32BE(isLong ? 28 : 20)
  const units = isLong ? Number(buffer.readBigUInt64BE(32)) : buffer.readUInt32BE(24)
  return units > 0 && unitsPerS > 0 ? units / unitsPerS : null
}
