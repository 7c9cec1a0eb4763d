import { readFileSync } from 'node:fs'
import { z } from 'zod'

const FOUND = new URL('../../.clipferry/tools.json', import.meta.url)

const foundBySetup = z.object({
  ytdlp: z.string(),
  ffmpeg: z.string(),
  ffprobe: z.string(),
  chromium: z.string().optional(),
})

export type Tools = { ytdlpPath: string; ffmpegPath: string; ffprobePath: string; chromiumPath?: string }

/**
 * Where the programs are that the set-up has found or got. Without a set-up for tests, Chromium may be missing.
 * @throws Error when the set-up has not run yet.
 */
export function findTools(): Tools {
  const { ytdlp, ffmpeg, ffprobe, chromium } = foundBySetup.parse(readSetup())
  return {
    // Not the variable: the set-up has looked at it, and passed over one that is too old.
    ytdlpPath: ytdlp,
    ffmpegPath: process.env.FFMPEG_PATH || ffmpeg,
    ffprobePath: process.env.FFPROBE_PATH || ffprobe,
    ...(chromium === undefined ? {} : { chromiumPath: process.env.CHROMIUM_PATH || chromium }),
  }
}

function readSetup(): unknown {
  try {
    return JSON.parse(readFileSync(FOUND, 'utf8'))
  } catch (cause) {
    throw new Error('the set-up has not run yet: npm run pretest', { cause })
  }
}
