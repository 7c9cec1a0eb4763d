import { lstat, readdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import { createDownloadProgress } from './download-progress.ts'
import { ExtractedInfo } from './extracted-info.ts'
import { ExtractionError, type Fetched, type FetchRequest } from './extractor.ts'
import { failureOf } from './failure-of.ts'
import type { RunYtdlp } from './follow-run.ts'
import { createLineSplitter } from './line-splitter.ts'
import { mediaIdOf } from './media-id.ts'
import { titleOf, uploaderOf } from './site-text.ts'
import { fetchFlags, RESULT_PREFIX, type Tools } from './ytdlp-flags.ts'

const Result = ExtractedInfo.extend({ filepath: z.string() })

/** Fetches one format of one media into `request.dir`. See `Extractor.fetch`. */
export async function fetchMedia(runYtdlp: RunYtdlp, tools: Tools, request: FetchRequest): Promise<Fetched> {
  const infoPath = request.infoJson ? join(request.dir, 'info.json') : null
  if (infoPath && request.infoJson) await writeFile(infoPath, request.infoJson, { mode: 0o600 })
  const progressOf = createDownloadProgress(request.expectedBytes)
  const results: string[] = []
  const { exitCode, stderr } = await runYtdlp({
    flags: fetchFlags(tools, { format: request.format, maxBytes: request.maxBytes, infoPath }),
    operands: infoPath ? [] : [request.link],
    dir: request.dir,
    limits: request,
    signal: request.signal,
    onOutput: createLineSplitter((line) => {
      if (line.startsWith(RESULT_PREFIX)) results.push(line.slice(RESULT_PREFIX.length))
      const progress = progressOf(line)
      if (progress) request.onProgress(progress)
    }),
  })
  if (exitCode !== 0) {
    const { code, ...rest } = failureOf({ exitCode, stderr, during: 'fetch' })
    throw new ExtractionError(code, { ...rest, stderr })
  }
  const [result] = results
  // yt-dlp calls it a success when it fetched nothing because the server told more than --max-filesize.
  if (result === undefined) throw new ExtractionError('too_large')
  return await fetchedFrom(result, request)
}

async function fetchedFrom(resultJson: string, { dir, link }: FetchRequest): Promise<Fetched> {
  const result = Result.parse(JSON.parse(resultJson))
  const path = resolve(dir, result.filepath)
  // The name is ours, but its extension and the line that told it went through the hands of a site.
  if (dirname(path) !== resolve(dir)) throw new ExtractionError('not_media', { detail: 'outside its folder' })
  const cover = (await readdir(dir)).find((name) => /^media\.(jpe?g|png|webp)$/.test(name))
  return {
    path: await regular(path),
    coverPath: cover ? await regular(join(dir, cover)) : null,
    mediaId: mediaIdOf(result, link),
    title: titleOf(result),
    uploader: uploaderOf(result),
  }
}

async function regular(path: string): Promise<string> {
  if (!(await lstat(path)).isFile()) throw new ExtractionError('not_media', { detail: 'no regular file' })
  return path
}
