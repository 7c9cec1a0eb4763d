import { createServer, type RequestListener, type Server } from 'node:http'

const LIMITS = { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 5_000 }
const MAX_HEADERS = 100
/** Pages that are being answered may end; whoever is slower, or has only connected, is cut off. */
const CLOSE_DEADLINE_MS = 3_000

/** A server that slow or endless requests cannot hold. It does not listen yet. */
export function createWebServer(app: RequestListener): Server {
  const server = createServer(LIMITS, app)
  server.maxHeadersCount = MAX_HEADERS
  return server
}

/** Stops taking requests, and resolves when the last one has ended. */
export async function closeWebServer(server: Server): Promise<void> {
  const closed = Promise.withResolvers<void>()
  server.close(() => closed.resolve())
  const timer = setTimeout(() => server.closeAllConnections(), CLOSE_DEADLINE_MS)
  await closed.promise
  clearTimeout(timer)
}
