import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { createArtifacts } from '../../../src/shared/artifacts/create-artifacts.ts'
import { GUARD } from '../../../src/shared/guarded-process.ts'
import { createLogger } from '../../../src/shared/logger.ts'
import type { Progress } from '../../context.ts'
import { createHandler, type TranscodeDeps } from '../handler.ts'

const TICKET = 'K7QM2X'
const tools = { FFMPEG_PATH: 'ffmpeg', FFPROBE_PATH: 'ffprobe' }
const limits = { maxFileBytes: 50_000_000, maxDurationS: 3600, transcodeBudgetPixels: 1e9 }
const log = createLogger('silent', 'test')

export const PICTURE = 'testsrc2=s=128x72:r=10:d=1'
export const SOUND = 'sine=d=1'

export interface Job {
  format?: string
  title?: string
  uploader?: string | null
  cover?: string | null
  signal?: AbortSignal
  onProgress?: () => void
  deps?: Partial<Pick<TranscodeDeps, 'tools' | 'limits'>>
}

/** A folder with real artifacts, a real handler and a real ffmpeg. */
export async function createBench() {
  const dir = await mkdtemp(join(tmpdir(), 'transcode-'))
  const root = join(dir, 'artifacts')
  await mkdir(root)
  const artifacts = createArtifacts({ mode: 'shared', dir: root })
  let files = 0

  const handle = async (input: string, cover: string | null, job: Job) => {
    const progress: Progress[] = []
    const handler = createHandler({ artifacts, tools, limits, ...job.deps })
    const result = await handler(
      {
        data: {
          ...{ ticket: TICKET, mediaId: 'generic.1', mediaKey: 'generic.1', linkHash: 'a' },
          ...{ format: job.format ?? 'v720', generation: files },
        },
        input: {
          ...{ artifact: input, cover, sizeBytes: 1, ytdlpVersion: '2026.10.26' },
          ...{ title: job.title ?? 'A title', uploader: job.uploader ?? null },
        },
      },
      {
        log,
        signal: job.signal ?? new AbortController().signal,
        attempt: 1,
        addedAtMs: Date.now(),
        failPoint: () => undefined,
        progress(step) {
          progress.push(step)
          job.onProgress?.()
        },
      },
    )
    const path = await artifacts.open(result.artifact)
    const picture = result.thumbnail && (await artifacts.open(result.thumbnail))
    return { ...result, input, path, picture, progress }
  }

  return {
    dir,
    root,
    path: (name: string) => join(dir, name),

    /** Makes a clip with ffmpeg and gives its path. */
    async clip(name: string, args: string[], cwd = dir): Promise<string> {
      await execa(GUARD, ['ffmpeg', '-v', 'error', '-y', ...args, name], { cwd })
      return join(dir, name)
    },

    /** Runs the handler on a file; the file is gone afterwards, as it is for fetch. */
    async run(path: string, job: Job = {}) {
      const production = `${TICKET}-${++files}`
      const input = await artifacts.keep(production, 'media.bin', path)
      const cover = job.cover ? await artifacts.keep(production, 'cover.img', job.cover) : null
      return await handle(input, cover, job)
    },

    /** Runs the handler on an artifact. */
    runRef: (ref: string) => handle(ref, null, {}),

    /** Folders that runs have left behind. */
    async leftovers(): Promise<string[]> {
      const productions = await readdir(join(root, 'work'))
      const runs = await Promise.all(productions.map((name) => readdir(join(root, 'work', name))))
      return runs.flat()
    },

    /** An executable that stands in for a tool. */
    async script(name: string, body: string): Promise<string> {
      await writeFile(join(dir, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 })
      return join(dir, name)
    },

    close: () => rm(dir, { recursive: true }),
  }
}

export type Bench = Awaited<ReturnType<typeof createBench>>
