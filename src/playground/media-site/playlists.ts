/** The playlists that cannot be files: one moves with the clock, one is long without anybody making twelve hours of video. */

const SEGMENT_S = 2
const SEGMENTS = 6
const SEGMENTS_SHOWN = 4

const segment = (number: number) => {
  const n = number % SEGMENTS
  // The clip starts anew: its timestamps jump back.
  const seam = n === 0 ? '#EXT-X-DISCONTINUITY\n' : ''
  return `${seam}#EXTINF:${SEGMENT_S}.0,\n/media/hls/240p-00${n}.ts\n`
}

const playlist = (head: string, from: number, count: number) =>
  `#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:${SEGMENT_S}\n#EXT-X-MEDIA-SEQUENCE:${from}\n${head}${Array.from({ length: count }, (_, n) => segment(from + n)).join('')}`

/** A window that moves on with the clock and never says ENDLIST: live for every player. */
export function livePlaylist(nowMs: number): string {
  return playlist('', Math.floor(nowMs / 1000 / SEGMENT_S), SEGMENTS_SHOWN)
}

/** Complete, and as long as it says, by repeating the same few segments. */
export function longPlaylist(hours: number): string {
  return `${playlist('#EXT-X-PLAYLIST-TYPE:VOD\n', 0, (hours * 3600) / SEGMENT_S)}#EXT-X-ENDLIST\n`
}
