import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readYtdlpVersion } from './check-ytdlp.ts'
import { ExtractionError, type Extractor } from './extractor.ts'
import { fetchMedia } from './fetch-media.ts'
import { inspectLink } from './inspect-link.ts'

export interface ExtractorSettings {
  ytdlpPath: string
  ffmpegPath: string
  /** The Node that yt-dlp may use for YouTube's scripts: our own. */
  nodePath?: string
}

/** The extractor on yt-dlp. Nothing outside this folder knows that it is yt-dlp. */
export function createExtractor(settings: ExtractorSettings): Extractor {
  const { ytdlpPath, ffmpegPath, nodePath = process.execPath } = settings
  let version: Promise<string> | null = null
  const readVersion = async () => {
    const read = await readYtdlpVersion(ytdlpPath)
    if (read !== null) return read
    version = null
    throw new ExtractionError('internal', { detail: 'yt-dlp does not run' })
  }
  const getVersion = () => {
    version ??= readVersion()
    return version
  }
  const tools = async () => ({ ffmpegPath, nodePath, version: await getVersion() })

  return {
    version: getVersion,
    fetch: async (request) => await fetchMedia(ytdlpPath, await tools(), request),

    async inspect(link, options) {
      const dir = await mkdtemp(join(tmpdir(), 'inspect-'))
      try {
        return await inspectLink(ytdlpPath, await tools(), { link, dir, ...options })
      } finally {
        await rm(dir, { recursive: true, force: true })
      }
    },
  }
}
