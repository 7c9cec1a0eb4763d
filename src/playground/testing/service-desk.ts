import { once } from 'node:events'
import { createServer } from 'node:http'

type Service = { stop(): Promise<void> }

/**
 * Test files run in processes of their own and cannot start something that outlives them and is shared. So they ask
 * here: GET /redis starts it on the first call and answers with what is known about it as JSON.
 */
export async function createServiceDesk(start: Record<string, () => Promise<Service>>): Promise<{
  url: string
  close(): Promise<void>
}> {
  const started = new Map<string, Promise<Service>>()
  const server = createServer((request, response) => {
    const name = request.url?.slice(1) ?? ''
    const starter = start[name]
    if (starter === undefined) {
      response.writeHead(404).end()
      return
    }
    const service = started.get(name) ?? starter()
    started.set(name, service)
    service.then(
      (facts) => response.end(JSON.stringify(facts)),
      (error) => response.writeHead(500).end(String(error)),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      server.close()
      server.closeAllConnections()
      const services = await Promise.allSettled(started.values())
      await Promise.all(services.map((s) => (s.status === 'fulfilled' ? s.value.stop() : undefined)))
    },
  }
}
