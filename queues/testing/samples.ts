import type { MediaFile } from '../media.ts'

/** A file of a tiny video, for tests that do not look into it. */
export const SAMPLE_FILE: MediaFile = {
  kind: 'video',
  extension: 'mp4',
  mimeType: 'video/mp4',
  sizeBytes: 1,
  width: 2,
  height: 2,
  durationS: 1,
  title: 't',
  performer: null,
  treatment: 'as_is',
}
