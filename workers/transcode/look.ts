import type { FileFacts } from './file-facts.ts'
import type { JpegContext } from './jpeg.ts'
import { readMp4Layout } from './mp4-layout.ts'
import { mp4LayoutFaults } from './playable.ts'
import type { Probe } from './probe.ts'
import { earlyThumbnail } from './thumbnail.ts'

export interface Looked {
  facts: FileFacts
  /** A thumbnail that was ready as soon as the facts were; null: none, or not yet. */
  picture: string | null
}

/**
 * Looks into a file and draws it at the same time: most of either is the start of a program, so one after the other
 * takes twice as long. Only an mp4 that looks as if it could be sent as it is gets drawn: what will be made of
 * another one is not known yet.
 */
export async function look(path: string, probe: Probe, pictures: JpegContext): Promise<Looked> {
  // Both, to their end: whoever fails cleans the folder up in which the other one writes.
  const [facts, picture] = await Promise.allSettled([
    probe(path, { signal: pictures.signal }),
    drawEarly(path, pictures),
  ])
  if (facts.status === 'rejected') throw facts.reason
  return { facts: facts.value, picture: picture.status === 'fulfilled' ? picture.value : null }
}

async function drawEarly(path: string, pictures: JpegContext): Promise<string | null> {
  const layout = await readMp4Layout(path)
  const isLikely = mp4LayoutFaults(layout).length === 0 && layout.durationS !== null
  return isLikely ? await earlyThumbnail(path, layout.durationS ?? 0, pictures) : null
}
