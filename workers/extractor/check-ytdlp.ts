import { rm } from 'node:fs/promises'
import { ExtractionError } from './extractor.ts'
import { runYtdlp } from './run-ytdlp.ts'
import { makeScratch } from './scratch.ts'

/** The first version without a known hole that a hostile site can reach (CVE-2026-55404 was the last one). */
export const YTDLP_MIN = '2026.07.04'

/** The one-file release unpacks itself before it says anything. */
const UNPACKED_MAX_BYTES = 512 * 1024 * 1024

const VERSION = /^(\d{4}\.\d{2}\.\d{2})(\.\S+)?$/

export type YtdlpCheck = { version: string } | { problem: string }

/**
 * Whether this yt-dlp may be given links. A problem is a sentence for operators that says what to do.
 * @param allowOld takes a version with known holes too: for a machine where only trusted links come in.
 */
export async function checkYtdlp(path: string, { allowOld }: { allowOld: boolean }): Promise<YtdlpCheck> {
  const version = await readYtdlpVersion(path)
  if (version === null)
    return {
      problem: `yt-dlp does not run as YTDLP_PATH=${path}: install yt-dlp ${YTDLP_MIN} or newer, or point YTDLP_PATH to it`,
    }
  if (version < YTDLP_MIN && !allowOld)
    return {
      problem: `yt-dlp ${version} has security holes that links can reach: update it to ${YTDLP_MIN} or newer, or set YTDLP_ALLOW_OLD=1 if you trust every link`,
    }
  return { version }
}

/** The version as yt-dlp tells it, null when it does not run. */
export async function readYtdlpVersion(path: string): Promise<string | null> {
  const dir = makeScratch('version')
  let output = ''
  try {
    const { exitCode } = await runYtdlp({
      ytdlpPath: path,
      flags: { ignoreConfig: true, version: true },
      operands: [],
      dir,
      limits: { deadlineMs: 60_000, noProgressMs: Number.POSITIVE_INFINITY, maxBytes: UNPACKED_MAX_BYTES },
      signal: new AbortController().signal,
      onOutput: (chunk) => {
        output += chunk.toString()
        if (output.length > 1000) throw new ExtractionError('internal', { detail: 'no version' })
      },
    })
    const version = output.trim()
    return exitCode === 0 && VERSION.test(version) ? version : null
  } catch (error) {
    if (error instanceof ExtractionError) return null
    throw error
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
