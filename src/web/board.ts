import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { ExpressAdapter } from '@bull-board/express'
import { type RequestHandler, Router } from 'express'
import { STAGE_NAMES } from '../../queues/pipeline.ts'
import type { Queues } from '../../queues/queues.ts'
import { hidePersonal } from '../shared/hide-personal.ts'
import type { Logger } from '../shared/logger.ts'

const ICON = '/assets/icon.svg'

/**
 * Bull Board over the queues of all stages, to look at and not to touch: retrying or removing one job of a flow
 * lets its parent run without input. It brings no login: mount it behind one.
 */
export function createBoard(queues: Queues, mountPath: string, log: Logger): Router {
  const serverAdapter = new ExpressAdapter().setBasePath(mountPath)
  createBullBoard({
    serverAdapter,
    queues: STAGE_NAMES.map((name) => new BullMQAdapter(queues.queue(name), { readOnlyMode: true })),
    options: {
      uiConfig: {
        boardTitle: 'Clipferry',
        boardLogo: { path: ICON, width: 24, height: 24 },
        favIcon: { default: ICON, alternative: ICON },
        hideDocsLink: true,
        miscLinks: [
          { text: 'Stages', url: '/' },
          { text: 'Dead letters', url: '/dead-letters' },
          { text: 'Analytics', url: '/analytics' },
        ],
        sortQueues: false,
      },
      // Formatters would cover data and results only; reasons, stacks, logs, options and schedulers pass here too.
      handlerHooks: {
        after: (_context, result) => ({ ...result, body: asBody(hidePersonal(result.body)) }),
      },
    },
  })
  // What a handler throws does not pass the hook, and Bull Board would send its message to the browser.
  serverAdapter.setErrorHandler((error) => {
    log.error({ err: error }, 'the board failed')
    return { status: 500, body: { error: { key: 'ERRORS.INTERNAL_SERVER_ERROR' } } }
  })

  const board = serverAdapter.getRouter()
  // An app of its own inside ours: it would name Express again.
  board.disable('x-powered-by')
  return Router().use(readOnly, board)
}

/** Each queue is read-only by itself; this also holds for routes that belong to no queue, now and after an update. */
const readOnly: RequestHandler = (request, response, next) => {
  if (request.method === 'GET' || request.method === 'HEAD') next()
  else response.status(405).set('Allow', 'GET, HEAD').type('text/plain').send('405')
}

/** As Bull Board's type wants it. A list stays one: the logs of a job are a list, and the page counts on it. */
const asBody = (value: unknown): Record<string, unknown> | unknown[] | string =>
  Array.isArray(value) ? value : typeof value === 'object' && value !== null ? { ...value } : String(value)
