import type { AudioFacts } from './file-facts.ts'

/** Two jobs run on four cores, so each gets two. */
export const THREADS = ['-threads', '2', '-filter_threads', '2']

/** Subtitles, data, chapters and tags of the source stay behind; streams are named one by one with `-map`. */
export const ONLY_CHOSEN = ['-sn', '-dn', '-map_metadata', '-1', '-map_chapters', '-1']

export const mapOf = (input: number, stream: number) => ['-map', `${input}:${stream}`]

export const encodeAac = (audio: AudioFacts) => [
  ...['-c:a', 'aac', '-b:a', '128k', '-ac', '2'],
  ...plainRate(audio),
]

export const encodeMp3 = (audio: AudioFacts) => [
  ...['-c:a', 'libmp3lame', '-b:a', '192k', '-ac', '2'],
  ...plainRate(audio),
]

/** Beyond 48 kHz, phones stay silent, and mp3 does not exist. */
const plainRate = ({ sampleRateHz }: AudioFacts) =>
  sampleRateHz !== null && sampleRateHz > 48_000 ? ['-ar', '48000'] : []
