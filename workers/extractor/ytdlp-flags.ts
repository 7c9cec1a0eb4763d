import type { create } from 'yt-dlp-exec'
import type { FormatId } from '../../queues/media.ts'
import { formatSelector } from './format-selector.ts'

/** The parts of the machine that yt-dlp works with. */
export interface Tools {
  /** An absolute path, or a name that is found in PATH. */
  ffmpegPath: string
  /** A Node that solves the scripts with which YouTube hides its media addresses. */
  nodePath: string
  /** yt-dlp's own, like `2026.07.04`. */
  version: string
}

type KnownFlags = NonNullable<Parameters<ReturnType<typeof create>['exec']>[1]>

/** What the library's types do not know of yt-dlp; its argument builder passes any flag on. */
interface NewFlags {
  /** The library has it, with a typing error in its name. */
  ignoreConfig?: boolean
  noExec?: boolean
  noPluginDirs?: boolean
  noJsRuntimes?: boolean
  jsRuntimes?: string
  noRemoteComponents?: boolean
  extractorRetries?: number
  fragmentRetries?: number
  breakMatchFilters?: string
  noContinue?: boolean
  abortOnUnavailableFragments?: boolean
  progress?: boolean
  progressTemplate?: string
  print?: string
}

export type Flags = KnownFlags & NewFlags

/** Before this version yt-dlp neither knows JavaScript runtimes nor lets its plug-ins be turned off. */
const MODERN = '2025.11.12'

/** A run's words for us, told apart from whatever else stands on the line. */
export const PROGRESS_PREFIX = 'clipferry-progress '
export const RESULT_PREFIX = 'clipferry-result '

/** In the order of `parseProgressLine`. */
const PROGRESS_FIELDS = [
  'info.format_id',
  'progress.downloaded_bytes',
  'progress.total_bytes',
  'progress.total_bytes_estimate',
]

/**
 * What holds for every run. yt-dlp is fed with untrusted links, so nothing on the machine may change what it does
 * (configuration, plug-ins, cache, credentials), and it may start nothing but ffmpeg and our Node.
 * The camel case is yt-dlp-exec's: `noMtime` is `--no-mtime`.
 */
function everyRun({ ffmpegPath, nodePath, version }: Tools): Flags {
  const flags: Flags = {
    ignoreConfig: true,
    noCacheDir: true,
    noExec: true,
    noPlaylist: true,
    // Helps at a silent peer; a slow one is the watchdog's (`watch-run.ts`).
    socketTimeout: 15,
    retries: 3,
    extractorRetries: 2,
    fragmentRetries: 3,
  }
  // A bare name is found in PATH, where yt-dlp looks anyway; with a path it also finds the ffprobe beside it.
  if (ffmpegPath.includes('/')) flags.ffmpegLocation = ffmpegPath
  if (version < MODERN) return flags
  // `noJsRuntimes` comes first: it takes away what was allowed before it.
  return {
    ...flags,
    noPluginDirs: true,
    noRemoteComponents: true,
    noJsRuntimes: true,
    jsRuntimes: `node:${nodePath}`,
  }
}

/** Two entries tell a playlist from a page with one media; entries that are links are not followed. */
export const listFlags = (tools: Tools): Flags => ({
  ...everyRun(tools),
  dumpSingleJson: true,
  flatPlaylist: true,
  playlistItems: '1:2',
})

/** For a page whose only entry is a link: follows it. */
export const followFlags = (tools: Tools): Flags => ({
  ...everyRun(tools),
  dumpSingleJson: true,
  playlistItems: '1',
})

export interface FetchFlags {
  format: FormatId
  maxBytes: number
  /** A record of ours; the link is not needed then. */
  infoPath: string | null
}

export function fetchFlags(tools: Tools, { format, maxBytes, infoPath }: FetchFlags): Flags {
  const flags: Flags = {
    ...everyRun(tools),
    playlistItems: '1',
    // Exit code 101: what was a video when it was inspected is a live stream now, and would never end.
    breakMatchFilters: '!is_live',
    format: formatSelector(format),
    // A name that a site has no part in, relative to the work folder; a thumbnail gets the same.
    output: 'media.%(ext)s',
    noMtime: true,
    // Transcode looks into every file and writes again what does not play: here it would be done twice.
    fixup: 'never',
    noContinue: true,
    // A file with holes in it is worth less than an error.
    abortOnUnavailableFragments: true,
    // Spares a download whose size the server tells; whoever lies is the watchdog's.
    maxFilesize: String(maxBytes),
    newline: true,
    progress: true,
    progressTemplate: `download:${PROGRESS_PREFIX}${PROGRESS_FIELDS.map((field) => `%(${field})s`).join('|')}`,
    print: `after_move:${RESULT_PREFIX}%(.{filepath,extractor,id,title,uploader,channel,creator})j`,
  }
  if (format.startsWith('a-')) flags.writeThumbnail = true
  if (infoPath) flags.loadInfoJson = infoPath
  return flags
}
