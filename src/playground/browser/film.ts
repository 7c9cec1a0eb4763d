import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import type { Page } from 'playwright-core'
import { GUARD } from '../../shared/guarded-process.ts'
import { findTools } from '../tools.ts'

/** An animated picture of a page, a still at a time. The stills are kept in `dir`. */
export function createFilm(page: Page, dir: string) {
  const stills: { path: string; seconds: number }[] = []
  return {
    /** Takes a still that is shown for so long. */
    async shoot(seconds: number): Promise<void> {
      const path = join(dir, `still-${stills.length}.png`)
      await page.screenshot({ path })
      stills.push({ path, seconds })
    },
    /** Writes the stills as a GIF that repeats. */
    async save(path: string): Promise<void> {
      const list = join(dir, 'stills.txt')
      const lines = stills.map((still) => `file '${still.path}'\nduration ${still.seconds}`)
      // ffmpeg shows the last one only when it is named once more.
      await writeFile(list, `${lines.join('\n')}\nfile '${stills.at(-1)?.path}'\n`)
      const colours = 'split[a][b];[a]palettegen=max_colors=160[p];[b][p]paletteuse=dither=none'
      const options = ['-v', 'error', '-y', '-f', 'concat', '-safe', '0', '-i', list]
      await execa(GUARD, [
        findTools().ffmpegPath,
        ...options,
        ...['-vf', colours, '-fps_mode', 'vfr', '-loop', '0', path],
      ])
    },
  }
}
