import type { AudioFacts, FileFacts, VideoFacts } from '../file-facts.ts'

/** A file that plays everywhere, for tests that change one thing about it. */
export const video: VideoFacts = {
  index: 0,
  codec: 'h264',
  profile: 'High',
  pixelFormat: 'yuv420p',
  level: 31,
  width: 1280,
  height: 720,
  seenWidth: 1280,
  seenHeight: 720,
  pixelAspect: 1,
  rotation: 0,
  frameRate: 25,
  frames: 250,
  hdr: null,
}

export const audio: AudioFacts = { index: 1, codec: 'aac', profile: 'LC', sampleRateHz: 44_100 }

export const mp4 = { brand: 'isom', moovFirst: true, fragmented: false, truncated: false, durationS: 10 }

export const file: FileFacts = {
  containers: ['mov', 'mp4', 'm4a', '3gp', '3g2', 'mj2'],
  sizeBytes: 1_000_000,
  durationS: 10,
  streams: 2,
  video,
  audio,
  coverIndex: null,
  title: null,
  artist: null,
  mp4,
}

export const song: FileFacts = { ...file, streams: 1, video: null, audio: { ...audio, index: 0 } }
export const mp3: FileFacts = {
  ...song,
  containers: ['mp3'],
  audio: { ...audio, index: 0, codec: 'mp3', profile: null },
  mp4: null,
}
