import { execFileSync } from 'node:child_process'
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram, isExecutable } from './programs.js'
import { writeState } from './state.js'
import { STATE, step } from './step.js'
import { versionAtLeast } from './version.js'
import { debianYtdlp } from './yt-dlp-debian.js'
import { downloadYtdlp } from './yt-dlp-release.js'

/** Older ones fail on most sites of today, and lack options that the product uses. */
export const YTDLP_FLOOR = '2026.07.04'

const OURS = join(STATE, 'tools', 'yt-dlp')
const KNOWN_VERSION = join('tools', 'yt-dlp-version.json')

/**
 * A yt-dlp that is new enough: `YTDLP_PATH`, else the one on PATH, else the one that the set-up got earlier.
 * `YTDLP_ALLOW_OLD=1` takes an old one of the first two.
 * @returns {string | undefined}
 */
export function findYtdlp(env = process.env) {
  const old = ['1', 'true'].includes(env.YTDLP_ALLOW_OLD ?? '')
  const candidates = [env.YTDLP_PATH || undefined, findProgram('yt-dlp'), join(OURS, 'yt-dlp')]
  return candidates.find((path) => {
    const version = path && isExecutable(path) ? versionOf(path) : undefined
    return version !== undefined && (old || versionAtLeast(version, YTDLP_FLOOR))
  })
}

/** Asking costs 0.2 s and more, so the answer is kept for as long as the file is the same. */
function versionOf(path) {
  const file = realpathSync(path)
  const { size, mtimeMs } = statSync(file)
  const key = [file, size, mtimeMs].join(' ')
  const known = readKnown()
  if (known[key] !== undefined) return known[key]
  try {
    const version = execFileSync(path, ['--version'], { encoding: 'utf8', timeout: 60_000 }).trim()
    writeState(KNOWN_VERSION, JSON.stringify({ ...known, [key]: version }))
    return version
  } catch {
    return undefined
  }
}

function readKnown() {
  try {
    return JSON.parse(readFileSync(join(STATE, KNOWN_VERSION), 'utf8'))
  } catch {
    return {}
  }
}

/**
 * Gets a yt-dlp: the official release, or else the newest one that Debian has.
 * @returns {Promise<string | undefined>}
 */
export async function installYtdlp() {
  for (const [what, get, failure] of [
    ['yt-dlp, the official release', downloadYtdlp, 'not within reach'],
    ['yt-dlp, the newest of Debian', debianYtdlp, 'failed'],
  ]) {
    try {
      await step(what, () => get(OURS, YTDLP_FLOOR), failure)
    } catch (error) {
      writeState(join('logs', 'yt-dlp.log'), `${what}: ${error.stack}\n`, 'a')
    }
    const path = findYtdlp()
    if (path !== undefined) return path
  }
  return undefined
}
