import { z } from 'zod'

/** What a worker says about an attempt that failed, as a line of the job's log. It holds no link and no token. */
export const PostMortem = z.object({
  attempt: z.number().int(),
  atMs: z.number(),
  code: z.string(),
  versions: z.record(z.string(), z.string()),
  stderr: z.array(z.string()),
})
export type PostMortem = z.infer<typeof PostMortem>

/** The newest post-mortem among the lines of a job's log; null when there is none. */
export function lastPostMortem(lines: readonly string[]): PostMortem | null {
  for (const line of [...lines].reverse()) {
    const found = parsed(line)
    if (found) return found
  }
  return null
}

function parsed(line: string): PostMortem | null {
  try {
    return PostMortem.safeParse(JSON.parse(line)).data ?? null
  } catch {
    return null
  }
}
