import { readdir, readFile, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'

const SAMPLE_EVERY_MS = 50

/**
 * Watches the append-only file of a Redis, to cut it back as a power loss does: the last second had not reached the
 * disk (`appendfsync everysec`), whatever the page cache held. Redis 7 keeps it in several files; the last one grows.
 */
export function watchAppendOnlyFile(redisDir: string) {
  const folder = join(redisDir, 'appendonlydir')
  const samples: { atMs: number; file: string; bytes: number }[] = []
  const sample = async () => {
    const [file] = (await readdir(folder))
      .filter((name) => name.endsWith('.incr.aof'))
      .sort()
      .slice(-1)
    if (!file) return
    const { size } = await stat(join(folder, file))
    samples.push({ atMs: Date.now(), file: join(folder, file), bytes: size })
  }
  const timer = setInterval(() => void sample().catch(() => undefined), SAMPLE_EVERY_MS)
  return {
    stop: () => clearInterval(timer),
    /** Takes away what was written in the last `ms`; Redis must be gone. @returns what is left, and what is not. */
    async cutBack(ms: number): Promise<{ kept: string; lost: string; cutAtMs: number }> {
      clearInterval(timer)
      const before = Date.now() - ms
      const last = samples.findLast(({ atMs }) => atMs <= before)
      if (!last) throw new Error('it has not been watched for so long')
      if (samples.at(-1)?.file !== last.file) throw new Error('it was rewritten meanwhile')
      const all = await readFile(last.file)
      await truncate(last.file, last.bytes)
      return {
        kept: all.subarray(0, last.bytes).toString('latin1'),
        lost: all.subarray(last.bytes).toString('latin1'),
        cutAtMs: last.atMs,
      }
    },
  }
}
