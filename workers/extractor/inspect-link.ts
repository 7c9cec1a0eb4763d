import { ExtractedFormat, ExtractedInfo, ExtractedPlaylist } from './extracted-info.ts'
import { ExtractionError, type Inspected } from './extractor.ts'
import { failureOf } from './failure-of.ts'
import type { RunYtdlp } from './follow-run.ts'
import { type Flags, followFlags, listFlags, type Tools } from './ytdlp-flags.ts'

/** The largest records of real sites have some hundred KB; whoever sends more wants our memory. */
const MAX_RECORD_BYTES = 10 * 1024 * 1024
/** An inspection writes nothing but small temporary files. */
const MAX_SCRATCH_BYTES = 64 * 1024 * 1024

interface InspectRun {
  link: string
  dir: string
  signal: AbortSignal
  deadlineMs: number
  onRunning?: () => void
}

/** Asks yt-dlp about a link, and refuses what is more than one media. See `Extractor.inspect`. */
export async function inspectLink(runYtdlp: RunYtdlp, tools: Tools, run: InspectRun): Promise<Inspected> {
  const startMs = performance.now()
  const ask = async (flags: Flags) => {
    const deadlineMs = Math.max(1, run.deadlineMs - (performance.now() - startMs))
    return await askYtdlp(runYtdlp, flags, { ...run, deadlineMs })
  }
  const listed = onlyEntry(await ask(listFlags(tools)))
  // A link inside a page is not followed while the page might be a list; now it is known to be the only one.
  return asMedia(listed) ?? asMedia(onlyEntry(await ask(followFlags(tools)))) ?? fail('no_media')
}

async function askYtdlp(runYtdlp: RunYtdlp, flags: Flags, run: InspectRun): Promise<unknown> {
  const chunks: Buffer[] = []
  let size = 0
  const { exitCode, stderr } = await runYtdlp({
    flags,
    operands: [run.link],
    dir: run.dir,
    limits: {
      deadlineMs: run.deadlineMs,
      noProgressMs: Number.POSITIVE_INFINITY,
      maxBytes: MAX_SCRATCH_BYTES,
    },
    signal: run.signal,
    ...(run.onRunning && { onRunning: run.onRunning }),
    onOutput: (chunk) => {
      size += chunk.length
      if (size > MAX_RECORD_BYTES) fail('unsupported', 'the record is too large')
      chunks.push(chunk)
    },
  })
  if (exitCode !== 0) {
    const { code, ...rest } = failureOf({ exitCode, stderr, during: 'inspect' })
    throw new ExtractionError(code, { ...rest, stderr })
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString())
  } catch (cause) {
    throw new ExtractionError('extractor_broken', { detail: 'no record', cause })
  }
}

/** The only entry of a page, or the record itself when it is of one media. */
function onlyEntry(record: unknown): unknown {
  const playlist = ExtractedPlaylist.safeParse(record)
  if (!playlist.success) return record
  const { entries, playlist_count: count } = playlist.data
  if (entries.length > 1 || (count ?? 0) > 1) fail('playlist')
  // A page inside a page is a list as well, whatever is in it.
  return ExtractedPlaylist.safeParse(entries[0]).success ? fail('playlist') : entries[0]
}

/** Null for a record that only says where the media is. */
function asMedia(record: unknown): Inspected | null {
  const info = ExtractedInfo.safeParse(record)
  if (!info.success) return null
  // A site with a single format has it in the record itself.
  const formats = info.data.formats ?? [ExtractedFormat.parse(record)]
  return { info: { ...info.data, formats }, infoJson: JSON.stringify(record) }
}

function fail(code: ConstructorParameters<typeof ExtractionError>[0], detail?: string): never {
  throw new ExtractionError(code, detail ? { detail } : {})
}
