import { rm } from 'node:fs/promises'
import type { Logger } from '../../src/shared/logger.ts'
import { createYtdlp } from './create-ytdlp.ts'
import type { Extractor } from './extractor.ts'
import { fetchMedia } from './fetch-media.ts'
import { inspectLink } from './inspect-link.ts'
import { rehearsalsFor } from './rehearsals.ts'
import { makeScratch } from './scratch.ts'

export interface ExtractorSettings {
  ytdlpPath: string
  ffmpegPath: string
  /** The Node that yt-dlp may use for YouTube's scripts: our own. */
  nodePath?: string
  /** Keeps yt-dlp imported, and says here how that goes. Without it each run is a new process. */
  resident?: { log: Logger } | undefined
}

/** An extractor that may hold a process: to be closed. */
export interface OpenExtractor extends Extractor {
  /** Begins with what the first link would wait for. @returns whether yt-dlp is kept imported from now on. */
  warmUp(): Promise<boolean>
  close(): void
}

/** The extractor on yt-dlp. Nothing outside this folder knows that it is yt-dlp. */
export function createExtractor(settings: ExtractorSettings): OpenExtractor {
  const { ytdlpPath, ffmpegPath, nodePath = process.execPath, resident } = settings
  const ytdlp = createYtdlp({
    ytdlpPath,
    resident: resident && {
      ...resident,
      rehearsals: (version) => rehearsalsFor({ ffmpegPath, nodePath, version }),
    },
  })
  const tools = async () => ({ ffmpegPath, nodePath, version: await ytdlp.version() })

  return {
    version: ytdlp.version,
    fetch: async (request) => await fetchMedia(ytdlp.run, await tools(), request),

    async inspect(link, options) {
      const dir = makeScratch('inspect')
      try {
        return await inspectLink(ytdlp.run, await tools(), { link, dir, ...options })
      } finally {
        await rm(dir, { recursive: true, force: true })
      }
    },

    warmUp: ytdlp.warmUp,
    close: ytdlp.close,
  }
}
