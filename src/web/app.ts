import { fileURLToPath } from 'node:url'
import express, { type Express, type RequestHandler } from 'express'
import { createReplay } from '../../queues/replay.ts'
import type { State } from '../../queues/state.ts'
import type { Pool } from '../shared/db/pool.ts'
import type { Logger } from '../shared/logger.ts'
import { createBoard } from './board.ts'
import { createChoices } from './choices.ts'
import { createErrorPages, notFound } from './error-pages.ts'
import { createJsonErrors } from './json-errors.ts'
import { createKeptOnPage } from './kept-on-page.ts'
import { createLoginLimiter } from './login-limiter.ts'
import { createAdStore } from './offers/ads.ts'
import { createApplyOffers } from './offers/apply-offers.ts'
import { createExperimentStore } from './offers/experiments.ts'
import type { ShowRefused } from './offers/read-offer.ts'
import { apiPage } from './pages/api-page.ts'
import { startPage } from './pages/start-page.ts'
import { createPasswordCheck, type Passwords } from './password-check.ts'
import { createReadiness } from './readiness.ts'
import { createRequireSession } from './require-session.ts'
import { adApi, adForms } from './routes/ads.ts'
import { analyticsPageOf, analyticsRoutes, createShowAnalytics } from './routes/analytics.ts'
import { deadLetterRoutes } from './routes/dead-letters.ts'
import { experimentApi, experimentForms } from './routes/experiments.ts'
import { healthRoutes } from './routes/health.ts'
import { loginRoutes } from './routes/login.ts'
import { statsRoutes } from './routes/stats.ts'
import { themeRoutes } from './routes/theme.ts'
import { sameOrigin } from './same-origin.ts'
import { analyticsHeaders, boardHeaders, ownPageHeaders } from './security-headers.ts'
import { createSessionCookie } from './session-cookie.ts'
import { createSessions } from './sessions.ts'
import { createStageStates } from './stage-state.ts'
import { createKeptAnswers } from './stats/kept-answers.ts'
import type { Live } from './stats/live.ts'
import { openApi } from './stats/openapi.ts'
import { latestSurveyWords } from './survey-words.ts'
import { textsFor } from './texts.ts'

const ASSETS_DIR = fileURLToPath(new URL('assets', import.meta.url))
/** All of Chart.js in one file, which a page takes as a module. */
const CHART_FILE = fileURLToPath(new URL('chart.umd.min.js', import.meta.resolve('chart.js')))
const BOARD_PATH = '/queues'

interface AppDeps {
  /** On a connection for short commands: one that fails at once when Redis is away. */
  state: State
  /** What the stages had made is swept after this: a replay then begins at the site. */
  artifactMaxAgeMs: number
  passwords: Passwords
  /** The numbers are read by `reader`, which can do nothing else; ads and experiments are kept by `writer`. */
  reader: Pool
  writer: Pool
  /** Days are of this time zone. */
  reportTz: string
  /** An answer of /stats serves everybody who asks for the same for so long. */
  answersKeptMs: number
  /** Whoever has built it closes it. */
  live: Live
  /** The session cookie goes over https only. */
  secureCookie: boolean
  log: Logger
}

/** The operators' web application. It does not listen: `main.ts` does. */
export function createApp(deps: AppDeps): Express {
  const { state, artifactMaxAgeMs, passwords, reader, writer, reportTz, secureCookie, log } = deps
  const { redis, keys, queues, mends, deadLetters } = state
  const { prefix } = keys
  const sessions = createSessions(redis, prefix, passwords)
  const cookie = createSessionCookie(secureCookie)
  const requireSession = createRequireSession(sessions, cookie)
  const readiness = createReadiness({ redis, keys, queues, log })
  const stageStates = createStageStates(queues)
  const changed = createApplyOffers(queues, log)
  const ads = createAdStore({ reader, writer, changed })
  const keptAnswers = createKeptAnswers(redis, keys, deps.answersKeptMs)
  const experiments = createExperimentStore({ reader, writer, changed, keptAnswers })

  const app = express()
  app.disable('x-powered-by')
  // A proxy on this host may name the visitor's address; anybody else could make one up.
  app.set('trust proxy', 'loopback')
  app.use(ownPageHeaders(secureCookie), sameOrigin)
  app.use('/assets/chart.js', express.static(CHART_FILE, { maxAge: '1h' }))
  app.use('/assets', express.static(ASSETS_DIR, { index: false }))
  app.use(neverStored)
  app.use(healthRoutes(readiness))
  app.use(
    loginRoutes({
      sessions,
      cookie,
      limiter: createLoginLimiter(redis, prefix),
      roleFor: createPasswordCheck(passwords),
    }),
  )
  app.use(themeRoutes(secureCookie))
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
  app.get('/analytics/api', requireSession, (request, response) => {
    response.send(apiPage(textsFor(request), openApi()))
  })
  const showAnalytics = createShowAnalytics({
    choices: createChoices(reader, log),
    kept: createKeptOnPage({
      surveyWords: () => latestSurveyWords(reader, reportTz),
      ads,
      experiments,
    }),
    reportTz,
  })
  const refusedOn =
    (id: string): ShowRefused =>
    (request, response, refused) =>
      showAnalytics(request, response, analyticsPageOf(id), refused)
  app.use('/analytics', requireSession, analyticsHeaders(secureCookie), analyticsRoutes(showAnalytics))
  app.use('/analytics/ads', adForms(ads, '/analytics/referrals', refusedOn('referrals')))
  app.use(
    '/analytics/experiments',
    experimentForms(experiments, '/analytics/experiments', refusedOn('experiments')),
  )
  app.use(['/dead-letters', '/api', '/stats'], requireSession)
  app.use('/stats', statsRoutes({ reader, keptAnswers, reportTz, live: deps.live }))
  app.use('/api/ads', adApi(ads))
  app.use('/api/experiments', experimentApi(experiments))
  app.use(deadLetterRoutes({ deadLetters, replay: createReplay(state, { artifactMaxAgeMs }) }))
  app.use(['/stats', '/api'], notFound, createJsonErrors(log))
  app.use(notFound, createErrorPages(log))
  return app
}

const neverStored: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store')
  next()
}
