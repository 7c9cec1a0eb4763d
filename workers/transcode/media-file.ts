import type { MediaFile } from '../../queues/media.ts'
import type { FileFacts } from './file-facts.ts'
import type { AudioTags, Plan } from './transcode-plan.ts'

const MIME_TYPES = { mp4: 'video/mp4', m4a: 'audio/mp4', mp3: 'audio/mpeg' } as const

/** What Telegram must be told about a finished file: on its own it guesses 320x320 and no length for large ones. */
export function mediaFile(plan: Plan, facts: FileFacts, { title, artist }: AudioTags): MediaFile {
  const video = plan.kind === 'video' ? facts.video : null
  return {
    kind: plan.kind,
    extension: plan.extension,
    mimeType: MIME_TYPES[plan.extension],
    sizeBytes: facts.sizeBytes,
    // The file is finished: nothing is turned any more, and its pixels are as good as square.
    width: video?.width ?? null,
    height: video?.height ?? null,
    durationS: facts.durationS ?? 0,
    title,
    performer: artist,
    treatment: plan.treatment,
  }
}
