import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { nowMs } from '../delivery.ts'
import type { Span } from './trace.ts'

const LOOK_EVERY_MS = 4
const TOOL = /(?:^|\/)(ffmpeg|ffprobe|python3?[\d.]*|yt-dlp)$/

/** Looks at what the processes have started, until `stopped`. @returns a span for each tool that was seen */
export async function watchTools(pids: ReadonlyMap<string, number>, stopped: AbortSignal): Promise<Span[]> {
  const seen = new Map<number, Span>()
  const there = new Set((await Promise.all([...pids.values()].map(below))).flat())
  while (!stopped.aborted) {
    for (const [row, pid] of pids)
      for (const child of (await below(pid)).filter((one) => !there.has(one))) {
        const span = seen.get(child)
        const what = span?.what || (await toolOf(child))
        if (what === '') continue
        if (span) span.toMs = nowMs()
        else seen.set(child, { row, kind: 'tool', what, fromMs: nowMs() - LOOK_EVERY_MS, toMs: nowMs() })
      }
    await sleep(LOOK_EVERY_MS)
  }
  return [...seen.values()]
}

async function below(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => [])
  const lists = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '')),
  )
  const children = lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number))
  return [...children, ...(await Promise.all(children.map(below))).flat()]
}

/** '' for a shell that is only on the way to the tool. */
async function toolOf(pid: number): Promise<string> {
  const [program = ''] = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
  const [, name = ''] = TOOL.exec(program) ?? []
  return name.startsWith('python') ? 'yt-dlp' : name
}
