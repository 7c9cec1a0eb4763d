import { fileURLToPath } from 'node:url'
import express, { type Express, type RequestHandler } from 'express'
import { createReplay } from '../../queues/replay.ts'
import type { State } from '../../queues/state.ts'
import type { Logger } from '../shared/logger.ts'
import { createBoard } from './board.ts'
import { createErrorPages, notFound } from './error-pages.ts'
import { createLoginLimiter } from './login-limiter.ts'
import { startPage } from './pages/start-page.ts'
import { createPasswordCheck } from './password-check.ts'
import { createReadiness } from './readiness.ts'
import { createRequireSession } from './require-session.ts'
import { deadLetterRoutes } from './routes/dead-letters.ts'
import { healthRoutes } from './routes/health.ts'
import { loginRoutes } from './routes/login.ts'
import { sameOrigin } from './same-origin.ts'
import { boardHeaders, ownPageHeaders } from './security-headers.ts'
import { createSessionCookie } from './session-cookie.ts'
import { createSessions } from './sessions.ts'
import { createStageStates } from './stage-state.ts'
import { textsFor } from './texts.ts'

const ASSETS_DIR = fileURLToPath(new URL('assets', import.meta.url))
const BOARD_PATH = '/queues'

interface AppDeps {
  /** On a connection for short commands: one that fails at once when Redis is away. */
  state: State
  /** What the stages had made is swept after this: a replay then begins at the site. */
  artifactMaxAgeMs: number
  adminPassword: string
  /** The session cookie goes over https only. */
  secureCookie: boolean
  log: Logger
}

/** The operators' web application. It does not listen: `main.ts` does. */
export function createApp({ state, artifactMaxAgeMs, adminPassword, secureCookie, log }: AppDeps): Express {
  const { redis, keys, queues, mends, deadLetters } = state
  const { prefix } = keys
  const sessions = createSessions(redis, prefix, adminPassword)
  const cookie = createSessionCookie(secureCookie)
  const requireSession = createRequireSession(sessions, cookie)
  const readiness = createReadiness({ redis, keys, queues, log })
  const stageStates = createStageStates(queues)

  const app = express()
  app.disable('x-powered-by')
  // A proxy on this host may name the visitor's address; anybody else could make one up.
  app.set('trust proxy', 'loopback')
  app.use(ownPageHeaders(secureCookie), sameOrigin)
  app.use('/assets', express.static(ASSETS_DIR, { index: false }))
  app.use(neverStored)
  app.use(healthRoutes(readiness))
  app.use(
    loginRoutes({
      sessions,
      cookie,
      limiter: createLoginLimiter(redis, prefix),
      isRight: createPasswordCheck(adminPassword),
    }),
  )
  app.use(BOARD_PATH, requireSession, boardHeaders(secureCookie), createBoard(queues, BOARD_PATH, log))
  app.get('/', requireSession, async (request, response) => {
    // Without Redis the states say so.
    const mended = mends.all().catch(() => ({}))
    const open = deadLetters.openByStage().catch(() => ({}))
    const [states, ready] = await Promise.all([stageStates(), readiness()])
    response.send(
      startPage(textsFor(request), {
        states,
        readiness: ready,
        mends: await mended,
        deadLetters: await open,
      }),
    )
  })
  app.use(['/dead-letters', '/api'], requireSession)
  app.use(deadLetterRoutes({ deadLetters, replay: createReplay(state, { artifactMaxAgeMs }) }))
  app.use(notFound, createErrorPages(log))
  return app
}

const neverStored: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store')
  next()
}
