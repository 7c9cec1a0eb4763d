import { type Abilities, type Scene, sourceOf } from './scene.ts'
import { aac, dash, h264, harbour, hls, marketInPieces, orchard, type Step } from './streamed-clips.ts'

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
const market: Scene = {
  title: 'Market by the water',
  colours: ['e2b04a', '2b5d6b'],
  rootHz: 185,
  size: '1280x720',
  seconds: 24,
}
/** So many bits every second, whatever is to be seen. */
const constantly = (bitrate: string) => [
  ...['-b:v', bitrate, '-minrate', bitrate, '-maxrate', bitrate, '-bufsize', '1000k', '-nal-hrd', 'cbr'],
]
const small = (title: string, colours: [string, string], rootHz: number): Scene => ({
  title,
  colours,
  rootHz,
  size: '640x360',
  seconds: 6,
})

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
    encode('plain.mp4', night, ...h264, ...constantly('2000k'), ...aac),
    encode(
      'market.mp4',
      market,
      ...h264,
      ...constantly('3250k'),
      ...['-profile:v', 'main'],
      ...aac,
      ...['-movflags', '+faststart'],
    ),
    marketInPieces,
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
