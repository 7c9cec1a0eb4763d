/** What the installed ffmpeg can do; decided once, before anything is made. */
export interface Abilities {
  /** drawtext with some font: the title is burnt in. */
  titles: boolean
  hevc: boolean
  /** The input option that sets the rotation (ffmpeg 6 and newer); older ones take it as a metadata of the stream. */
  displayRotation: boolean
}

export interface Scene {
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
export function sourceOf(scene: Scene, abilities: Abilities): string[] {
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
