import { type Abilities, type Scene, sourceOf } from './scene.ts'

/** One run of ffmpeg in the folder of the media. Steps may read what earlier steps made. */
export interface Step {
  makes: string
  args: string[]
}

export const h264 = [
  '-c:v',
  'libx264',
  '-preset',
  'ultrafast',
  '-g',
  '50',
  '-sc_threshold',
  '0',
  '-pix_fmt',
  'yuv420p',
]
export const aac = ['-c:a', 'aac', '-b:a', '96k']

export const harbour: Scene = {
  title: 'Harbour at dawn',
  colours: ['f6a560', '27406b'],
  rootHz: 220,
  size: '1280x720',
  seconds: 12,
}
export const orchard: Scene = {
  title: 'Orchard in the wind',
  colours: ['8fbf5a', '1d5c4a'],
  rootHz: 196,
  size: '1280x720',
  seconds: 10,
}

/** Four heights, each with the sound in it. */
export function hls(abilities: Abilities): Step {
  const heights = [240, 360, 480, 720]
  const bitrates = ['250k', '500k', '900k', '1800k']
  const scaled = heights.map((height, n) => `[s${n}]scale=-2:${height}[v${n}]`)
  return {
    makes: 'hls/master.m3u8',
    args: [
      ...sourceOf(harbour, abilities),
      ...['-filter_complex', `[0:v]split=4[s0][s1][s2][s3];${scaled.join(';')}`],
      ...heights.flatMap((_, n) => ['-map', `[v${n}]`, '-map', '1:a']),
      ...h264,
      ...bitrates.flatMap((bitrate, n) => [`-b:v:${n}`, bitrate]),
      ...aac,
      ...['-f', 'hls', '-hls_time', '2', '-hls_playlist_type', 'vod', '-master_pl_name', 'master.m3u8'],
      ...['-var_stream_map', heights.map((height, n) => `v:${n},a:${n},name:${height}p`).join(' ')],
      ...['-hls_segment_filename', 'hls/%v-%03d.ts', 'hls/%v.m3u8'],
    ],
  }
}

/** One height, in pieces cut from the file. */
export const marketInPieces: Step = {
  makes: 'market/index.m3u8',
  args: [
    ...['-i', 'market.mp4', '-c', 'copy', '-f', 'hls', '-hls_time', '4', '-hls_playlist_type', 'vod'],
    ...['-hls_segment_filename', 'market/%03d.ts', 'market/index.m3u8'],
  ],
}

/** Three heights and the sound apart. */
export function dash(abilities: Abilities): Step {
  return {
    makes: 'dash/manifest.mpd',
    args: [
      ...sourceOf(orchard, abilities),
      ...['-filter_complex', '[0:v]split=3[s0][s1][v2];[s0]scale=-2:360[v0];[s1]scale=-2:480[v1]'],
      ...['-map', '[v0]', '-map', '[v1]', '-map', '[v2]', '-map', '1:a'],
      ...h264,
      ...['-b:v:0', '500k', '-b:v:1', '900k', '-b:v:2', '1800k'],
      ...aac,
      ...['-f', 'dash', '-seg_duration', '2', '-use_template', '1', '-use_timeline', '1'],
      ...['-adaptation_sets', 'id=0,streams=v id=1,streams=a', 'dash/manifest.mpd'],
    ],
  }
}
