import { open } from 'node:fs/promises'

export interface ImageSize {
  format: 'jpeg' | 'png'
  width: number
  height: number
}

/** The size frames stand behind the metadata; more than this much metadata is no thumbnail anybody makes. */
const HEAD_BYTES = 256 * 1024

/** Reads the size of a JPEG or PNG from its head; null for anything else. */
export async function imageSize(path: string): Promise<ImageSize | null> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(HEAD_BYTES), position: 0 })
    const head = buffer.subarray(0, bytesRead)
    return pngSize(head) ?? jpegSize(head)
  } finally {
    await file.close()
  }
}

function pngSize(head: Buffer): ImageSize | null {
  if (head.length < 24 || head.toString('latin1', 1, 4) !== 'PNG') return null
  return { format: 'png', width: head.readUInt32BE(16), height: head.readUInt32BE(20) }
}

/** ITU T.81, B.1.1.3: the frame headers are SOF0..SOF15, without DHT (C4), JPG (C8) and DAC (CC). */
function jpegSize(head: Buffer): ImageSize | null {
  if (head.length < 4 || head.readUInt16BE(0) !== 0xffd8) return null
  for (let at = 2; at + 9 < head.length; ) {
    const marker = head.readUInt16BE(at)
    if (marker < 0xff00) return null
    const isFrame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker)
    if (isFrame)
      return { format: 'jpeg', height: head.readUInt16BE(at + 5), width: head.readUInt16BE(at + 7) }
    at += 2 + head.readUInt16BE(at + 2)
  }
  return null
}
