import { Router } from 'express'
import type { Readiness } from '../readiness.ts'

/** For machines, without a login: they say nothing but names of stages and times. */
export function healthRoutes(readiness: () => Promise<Readiness>): Router {
  return Router()
    .get('/health', (_request, response) => {
      response.json({ status: 'ok' })
    })
    .get('/ready', async (_request, response) => {
      const answer = await readiness()
      response.status(answer.ready ? 200 : 503).json(answer)
    })
}
