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
  server.listen(`\0clipferry${realpathSync(dir)}`)
  try {
    await once(server, 'listening')
  } catch (cause) {
    throw new Error(`Clipferry runs already in ${dir}: stop that one first (Ctrl-C in its terminal).`, {
      cause,
    })
  }
  server.unref()
  return () => server.close()
}
