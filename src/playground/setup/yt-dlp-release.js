import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const RELEASE = 'https://github.com/yt-dlp/yt-dlp/releases/latest/download'
const ANSWER_TIMEOUT_MS = 5000
const DOWNLOAD_TIMEOUT_MS = 120_000

/**
 * Downloads the newest release, a Python archive that runs on every machine, and checks it against its sums.
 * @param {string} dir it becomes `dir/yt-dlp`
 * @param {string} _floor not needed: the newest is never older
 */
export async function downloadYtdlp(dir, _floor, release = RELEASE) {
  const sums = (await download(`${release}/SHA2-256SUMS`)).toString()
  const program = await download(`${release}/yt-dlp`)
  const expected = sums.match(/^([0-9a-f]{64}) [ *]yt-dlp$/m)?.[1]
  if (createHash('sha256').update(program).digest('hex') !== expected)
    throw new Error('the downloaded yt-dlp is not what its release says')
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, 'part'), program)
  chmodSync(join(dir, 'part'), 0o755)
  renameSync(join(dir, 'part'), join(dir, 'yt-dlp'))
}

async function download(url) {
  const stop = new AbortController()
  let timer = setTimeout(() => stop.abort(new Error('no answer')), ANSWER_TIMEOUT_MS)
  try {
    const answer = await fetch(url, { signal: stop.signal })
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}`)
    clearTimeout(timer)
    timer = setTimeout(() => stop.abort(new Error('too slow')), DOWNLOAD_TIMEOUT_MS)
    return Buffer.from(await answer.arrayBuffer())
  } finally {
    clearTimeout(timer)
  }
}
