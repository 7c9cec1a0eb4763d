import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { realpathSync } from 'node:fs'
import { createServer } from 'node:net'

/**
 * Makes sure that one process only works in a folder. An abstract socket holds the place: the kernel gives it back
 * however the process ends, where a file would stay.
 * @returns gives the place back
 * @throws Error when another process has the place
 */
export async function onlyOneIn(dir: string): Promise<() => void> {
  const server = createServer()
  // A hash: the name of a socket may have some 100 characters, and folders lie deeper than that.
  server.listen(`\0clipferry-${createHash('sha256').update(realpathSync(dir)).digest('hex')}`)
  try {
    await once(server, 'listening')
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE')) throw cause
    throw new Error(`Clipferry runs already in ${dir}: stop that one first (Ctrl-C in its terminal).`, {
      cause,
    })
  }
  server.unref()
  return () => server.close()
}
