import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** While the server is down somebody else may hold its port for a moment, as an outgoing connection. */
const PORT_RETRIES = 50

/** A server on loopback that can go down (connections are refused, the open ones cut) and come up on its port. */
export function createHttpServer(handle: (request: IncomingMessage, response: ServerResponse) => void) {
  const sockets = new Set<Socket>()
  const server = createServer(handle)
  // Uploads and long polls take as long as they take.
  server.requestTimeout = 0
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  let port = 0

  const listen = async (wanted: number) => {
    server.listen(wanted, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  }
  return {
    listen,
    port: () => port,
    async down() {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
    async up() {
      for (let attempt = 1; !server.listening; attempt += 1) {
        await listen(port).catch(async (error: unknown) => {
          if (attempt >= PORT_RETRIES) throw error
          await sleep(100)
        })
      }
    },
  }
}
