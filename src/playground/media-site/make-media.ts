import { createHash } from 'node:crypto'
import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { GUARD } from '../../shared/guarded-process.ts'
import { findTools } from '../tools.ts'
import { clipRecipe } from './clip-recipe.ts'
import { lockFile } from './file-lock.ts'
import type { Abilities } from './scene.ts'

/** Where the media are kept between runs of this checkout; git ignores it. */
export const SAMPLE_MEDIA_DIR = fileURLToPath(new URL('../../../.clipferry/media-site', import.meta.url))

const everything: Abilities = { titles: true, hevc: true, displayRotation: true }

/** Another recipe is another folder, so an old one is never mistaken for the new. */
const VERSION = createHash('sha256')
  .update(JSON.stringify(clipRecipe(everything)))
  .digest('hex')
  .slice(0, 12)

const ffmpeg = (args: string[], cwd: string) =>
  execa(GUARD, [findTools().ffmpegPath, '-nostdin', '-hide_banner', '-loglevel', 'error', ...args], { cwd })

async function abilitiesOf(cwd: string): Promise<Abilities> {
  const [version, encoders, text] = await Promise.all([
    ffmpeg(['-version'], cwd),
    ffmpeg(['-encoders'], cwd),
    ffmpeg(['-f', 'lavfi', '-i', "color=d=0.04,drawtext=text='a'", '-f', 'null', '-'], cwd).catch(() => null),
  ])
  // A build from git has no number; it is newer than any release.
  const major = Number(/^ffmpeg version n?(\d+)\./.exec(version.stdout)?.[1] ?? 99)
  return { titles: text !== null, hevc: encoders.stdout.includes(' libx265 '), displayRotation: major >= 6 }
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )

/**
 * Gives the folder with the media, making them (about ten seconds) when they are not there. Any number of
 * processes may ask at once: one makes, the others wait; nobody ever sees half a folder.
 */
export async function makeMedia(dir: string, log: (line: string) => void): Promise<string> {
  const folder = join(dir, `media-${VERSION}`)
  if (await exists(folder)) return folder
  await mkdir(dir, { recursive: true })
  const release = await lockFile(join(dir, 'lock'))
  try {
    if (await exists(folder)) return folder
    // Older recipes, and what a killed maker left.
    const stale = (await readdir(dir)).filter(
      (name) => name.startsWith('media-') || name.startsWith('making-'),
    )
    for (const name of stale) await rm(join(dir, name), { recursive: true, force: true })
    log('making the sample media')
    const work = await mkdtemp(join(dir, 'making-'))
    await Promise.all(['hls', 'dash', 'market'].map((name) => mkdir(join(work, name))))
    for (const step of clipRecipe(await abilitiesOf(work))) await ffmpeg(['-y', ...step.args], work)
    await rename(work, folder)
    return folder
  } finally {
    await release()
  }
}
