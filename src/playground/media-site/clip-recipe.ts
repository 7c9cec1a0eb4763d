/** What the installed ffmpeg can do; decided once, before anything is made. */
export interface Abilities {
  /** drawtext with some font: the title is burnt in. */
  titles: boolean
  hevc: boolean
  /** The input option that sets the rotation (ffmpeg 6 and newer); older ones take it as a metadata of the stream. */
  displayRotation: boolean
}

/** One run of ffmpeg in the folder of the media. Steps may read what earlier steps made. */
export interface Step {
  makes: string
  args: string[]
}

interface Scene {
  title: string
  /** Two colours, RRGGBB. */
  colours: [string, string]
  /** The lowest note of the chord, Hz. */
  rootHz: number
  size: string
  seconds: number
}

/** Text for drawtext: the titles here are plain words, so only what the filter itself reads needs care. */
const literal = (text: string) => text.replaceAll(/[\\':%]/g, '')

/** A drifting gradient with a title, a clock and a bar that fills up; a soft chord as its sound. */
function sourceOf(scene: Scene, abilities: Abilities): string[] {
  const [from, to] = scene.colours
  const [width = '640', height = '360'] = scene.size.split('x')
  // Computed small and scaled up: drawing a smooth gradient in full size costs more than all encoding.
  const bar = Math.max(4, Math.round(Number(height) / 60))
  const title = `drawtext=text='${literal(scene.title)}':fontcolor=white:fontsize=h/9:x=(w-text_w)/2:y=h*0.4:shadowx=2:shadowy=2,`
  const clock = `drawtext=text='%{pts\\:hms}':fontcolor=white@0.8:fontsize=h/20:x=(w-text_w)/2:y=h*0.6,`
  const note = (factor: number, level: number) => `${level}*sin(2*PI*${scene.rootHz * factor}*t)`
  const chord = [note(1, 0.2), note(1.26, 0.14), note(1.5, 0.12)].join('+')
  const { seconds } = scene
  return [
    ...[
      '-f',
      'lavfi',
      '-i',
      `gradients=s=320x180:c0=0x${from}:c1=0x${to}:x0=0:y0=0:x1=320:y1=180:seed=7:speed=0.015:r=25:d=${seconds},scale=${width}:${height},${abilities.titles ? title + clock : ''}setsar=1[bg];color=0xffffff:s=${width}x${bar}:r=25:d=${seconds}[bar];[bg][bar]overlay=x='-w+w*t/${seconds}':y=H-h:shortest=1`,
    ],
    ...[
      '-f',
      'lavfi',
      '-i',
      `aevalsrc=exprs='(${chord})*(0.7+0.3*sin(PI*t))':s=44100:d=${seconds},afade=d=0.5,afade=t=out:st=${seconds - 0.7}:d=0.7`,
    ],
  ]
}

const h264 = [
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
const aac = ['-c:a', 'aac', '-b:a', '96k']

const harbour: Scene = {
  title: 'Harbour at dawn',
  colours: ['f6a560', '27406b'],
  rootHz: 220,
  size: '1280x720',
  seconds: 12,
}
const orchard: Scene = {
  title: 'Orchard in the wind',
  colours: ['8fbf5a', '1d5c4a'],
  rootHz: 196,
  size: '1280x720',
  seconds: 10,
}
const night: Scene = {
  title: 'Night train',
  colours: ['34255e', 'b0447a'],
  rootHz: 165,
  size: '1280x720',
  seconds: 12,
}
const ferry: Scene = {
  title: 'Ferry ready to go',
  colours: ['3aa0c9', '123a5c'],
  rootHz: 247,
  size: '640x360',
  seconds: 8,
}
const small = (title: string, colours: [string, string], rootHz: number): Scene => ({
  title,
  colours,
  rootHz,
  size: '640x360',
  seconds: 6,
})

function hls(abilities: Abilities): Step {
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

function dash(abilities: Abilities): Step {
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

/** All media of the site, in the order in which they can be made. */
export function clipRecipe(abilities: Abilities): Step[] {
  const encode = (makes: string, scene: Scene, ...options: string[]): Step => ({
    makes,
    args: [...sourceOf(scene, abilities), ...options, makes],
  })
  const still = (makes: string, scene: Scene) =>
    encode(makes, scene, '-map', '0:v', '-ss', '2', '-frames:v', '1', '-vf', 'scale=480:-2', '-q:v', '4')
  const rotated = abilities.displayRotation
    ? ['-display_rotation', '90', '-i', 'ready.mp4', '-c', 'copy']
    : ['-i', 'ready.mp4', '-c', 'copy', '-metadata:s:v', 'rotate=90']
  const song: Scene = { ...small('Low tide', ['d9b36c', '5b3a29'], 147), seconds: 12 }
  return [
    hls(abilities),
    dash(abilities),
    // The index of an mp4 comes at its end unless one asks otherwise: that is the point of this clip.
    encode(
      'plain.mp4',
      night,
      ...h264,
      '-b:v',
      '2000k',
      '-minrate',
      '2000k',
      '-maxrate',
      '2000k',
      '-bufsize',
      '1000k',
      '-nal-hrd',
      'cbr',
      ...aac,
    ),
    encode('ready.mp4', ferry, ...h264, '-profile:v', 'main', ...aac, '-movflags', '+faststart'),
    { makes: 'vertical.mp4', args: [...rotated, '-movflags', '+faststart', 'vertical.mp4'] },
    encode(
      'clip.webm',
      small('Lighthouse', ['e8e3c9', '40627c'], 262),
      '-c:v',
      'libvpx-vp9',
      '-deadline',
      'realtime',
      '-cpu-used',
      '8',
      '-b:v',
      '400k',
      '-c:a',
      'libopus',
      '-b:a',
      '64k',
    ),
    // 4:4:4, as half a pixel of colour does not exist.
    encode(
      'odd.mp4',
      { ...small('An odd size', ['c97b84', '3b2c4a'], 208), size: '853x479' },
      ...h264,
      '-pix_fmt',
      'yuv444p',
      ...aac,
    ),
    encode(
      'ten-bit.mp4',
      small('Ten bits', ['7d9fc2', '262b44'], 233),
      ...h264,
      '-pix_fmt',
      'yuv420p10le',
      ...aac,
    ),
    encode(
      'silent.mp4',
      small('Not a sound', ['9a9a9a', '2e2e2e'], 220),
      ...h264,
      '-an',
      '-movflags',
      '+faststart',
    ),
    ...(abilities.hevc
      ? [
          encode(
            'hevc.mp4',
            small('Half the size', ['66b2a0', '1f3347'], 175),
            '-c:v',
            'libx265',
            '-preset',
            'ultrafast',
            '-x265-params',
            'log-level=error:pools=1',
            '-tag:v',
            'hvc1',
            '-pix_fmt',
            'yuv420p',
            ...aac,
          ),
        ]
      : []),
    still('hls.jpg', harbour),
    still('dash.jpg', orchard),
    still('plain.jpg', night),
    still('ready.jpg', ferry),
    encode('song-cover.jpg', song, '-map', '0:v', '-frames:v', '1', '-vf', 'crop=360:360'),
    {
      makes: 'song.m4a',
      args: [
        ...sourceOf(song, abilities).slice(4),
        ...[
          '-i',
          'song-cover.jpg',
          '-map',
          '0:a',
          '-map',
          '1:v',
          ...aac,
          '-c:v',
          'copy',
          '-disposition:v',
          'attached_pic',
        ],
        ...[
          '-metadata',
          'title=Low tide',
          '-metadata',
          'artist=The Breakwaters',
          '-metadata',
          'album=Harbour songs',
          'song.m4a',
        ],
      ],
    },
  ]
}
