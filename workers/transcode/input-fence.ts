/**
 * Containers that we open. Never a playlist (HLS, DASH, concat) and never an image pattern: those name further
 * files, and a "video" that is one could have us read a file of this machine.
 */
export const CONTAINERS = [
  'mov',
  'matroska',
  'mpegts',
  'mp3',
  'ogg',
  'flac',
  'wav',
  'aac',
  'flv',
  'avi',
] as const

/** The largest side of a picture. Beyond it, decoding alone takes gigabytes. */
export const MAX_SIDE_PIXELS = 8192

/**
 * What ffmpeg and ffprobe get before every media file. The protocols alone are not enough: an HLS manifest that is
 * called .mp4 may read other files with `file` allowed.
 */
export const inputFence: readonly string[] = [
  '-protocol_whitelist',
  'file,pipe',
  '-format_whitelist',
  CONTAINERS.join(','),
]

/** For inputs that are decoded: a stream may change its size on the way, after we have looked at it. */
export const pixelFence: readonly string[] = ['-max_pixels', String(MAX_SIDE_PIXELS * MAX_SIDE_PIXELS)]

/**
 * Instead of `pixelFence`, for a file that nobody has looked at yet: the decoders of what is sent as it is, and no
 * more pixels than H.264 has at the highest level that is.
 */
export const narrowFence: readonly string[] = [
  ...['-codec_whitelist', 'h264,aac'],
  ...['-max_pixels', String(36_864 * 16 * 16)],
]
