import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * A loopback port nobody listens on: `preferred` when it is free, else any.
 * Somebody may take it before you do; whoever starts a server on it tries again with another one.
 */
export async function freePort(preferred = 0): Promise<number> {
  const server = createServer()
  try {
    server.listen(preferred, '127.0.0.1')
    await once(server, 'listening')
  } catch (error) {
    if (preferred === 0) throw error
    return freePort()
  }
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
