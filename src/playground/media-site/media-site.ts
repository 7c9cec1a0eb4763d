import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import express, { type Express } from 'express'
import {
  BODIES,
  type BodyName,
  FILES,
  type Link,
  linksOf,
  numberedPage,
  PAGES,
  REFUSALS,
} from './catalogue.ts'
import { makeMedia } from './make-media.ts'
import { misbehave, sendSlowly } from './misbehave.ts'
import { livePlaylist, longPlaylist } from './playlists.ts'
import { feed, indexPage, watchPage } from './site-pages.ts'

const FLAKY_FAILURES = 2
const LONG_HOURS = 12

export interface MediaSite {
  /** "http://127.0.0.1:port"; throws before `listen`. */
  readonly origin: string
  /** Every sample, those that give media first. */
  readonly links: Link[]
  /** Requests by path (without the query), refused ones included. */
  readonly hits: Map<string, number>
  /** Makes the media when they are missing (about ten seconds, once per folder), then listens. */
  listen(): Promise<void>
  /** Cuts every connection. */
  close(): Promise<void>
  /** Forgets the hits, and that the flaky page has already failed. */
  reset(): void
  /** Until it is told otherwise, the whole site answers 500, or nothing at all; `null`: as ever. */
  trouble(kind: 'error' | 'hang' | null): void
}

interface MediaSiteOptions {
  /** Where the media are kept; may be shared by any number of processes. */
  dir: string
  /** 0 or none: any free port. */
  port?: number
  log?: (line: string) => void
}

/** A name that came from a request: `constructor` is no page. */
function ownOf<T>(record: Record<string, T>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}

const isBody = (name: string): name is BodyName => Object.hasOwn(BODIES, name)

function routes(app: Express, media: string, origin: () => string, hits: Map<string, number>): void {
  app.get('/', (_, response) => void response.send(indexPage(linksOf(origin()))))
  app.use('/media', express.static(media))
  app.get('/live/now.m3u8', (_, response) => {
    response
      .set('cache-control', 'no-store')
      .type('application/vnd.apple.mpegurl')
      .send(livePlaylist(Date.now()))
  })
  app.get('/live/long.m3u8', (_, response) => {
    response.type('application/vnd.apple.mpegurl').send(longPlaylist(LONG_HOURS))
  })
  app.get('/files/slow.mp4', (request, response) => sendSlowly(request, response, join(media, 'plain.mp4')))
  app.get('/files/clip-:number.mp4', (_, response) => response.sendFile('ready.mp4', { root: media }))
  app.get('/files/:name', (request, response, next) => {
    const known = ownOf(FILES, request.params.name)
    known ? response.sendFile(known.file, { root: media }) : next()
  })
  app.get('/watch/playlist', (_, response) => void response.type('application/rss+xml').send(feed(origin())))
  // As many different videos as one likes, each with an identity of its own.
  app.get('/watch/clip-:number', (request, response) => {
    response.send(watchPage(numberedPage(request.params.number), origin(), ''))
  })
  app.get('/watch/:name', async (request, response, next) => {
    const { name } = request.params
    if (name === 'flaky' && (hits.get(request.path) ?? 0) <= FLAKY_FAILURES) {
      response.status(503).send('Overloaded. Try again.')
      return
    }
    const page = ownOf(PAGES, name)
    const refusal = ownOf(REFUSALS, name)
    if (page) {
      response.send(watchPage(page, origin(), new URL(request.url, origin()).search))
    } else if (refusal) {
      if (refusal.retryAfterS) response.set('retry-after', String(refusal.retryAfterS))
      response.status(refusal.status).send(refusal.text)
    } else if (isBody(name)) {
      await misbehave(request, response, name, media)
    } else {
      next()
    }
  })
}

/** Stands for the outside web, on loopback: pages and files as real sites serve them, and every way in which they fail. */
export function createMediaSite({ dir, port = 0, log = () => undefined }: MediaSiteOptions): MediaSite {
  const hits = new Map<string, number>()
  const app = express().disable('x-powered-by')
  const server = createServer(app)
  const origin = () => {
    const address = server.address()
    if (!address || typeof address === 'string') throw new Error('the media site does not listen')
    return `http://127.0.0.1:${address.port}`
  }
  app.use((request, _, next) => {
    hits.set(request.path, (hits.get(request.path) ?? 0) + 1)
    next()
  })
  let isBroken = false
  let goOn: { promise: Promise<void>; resolve: () => void } | null = null
  app.use(async (_request, response, next) => {
    await goOn?.promise
    // Who has hung up meanwhile wants nothing any more.
    if (response.destroyed) return
    if (isBroken) response.status(500).send('Something went wrong on our side.')
    else next()
  })
  return {
    hits,
    get origin() {
      return origin()
    },
    get links() {
      return linksOf(origin())
    },
    async listen() {
      routes(app, await makeMedia(dir, log), origin, hits)
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
    },
    async close() {
      server.closeAllConnections()
      if (server.listening) await new Promise((resolve) => server.close(resolve))
    },
    reset: () => hits.clear(),
    trouble(kind) {
      isBroken = kind === 'error'
      goOn?.resolve()
      goOn = kind === 'hang' ? Promise.withResolvers<void>() : null
    },
  }
}
