import { json, type Request, type RequestHandler, type Response, Router, urlencoded } from 'express'
import { z } from 'zod'
import {
  Code,
  DeadLetterId,
  DeadLetterState,
  type KeptDeadLetter,
  Stage,
} from '../../../queues/dead-letter.ts'
import type { DeadLetters } from '../../../queues/dead-letters.ts'
import type { Replay, Replayed } from '../../../queues/replay.ts'
import { within } from '../deadline.ts'
import { HttpError } from '../http-error.ts'
import { deadLetterPage } from '../pages/dead-letter-page.ts'
import { deadLettersPage } from '../pages/dead-letters-page.ts'
import { mayChange } from '../role.ts'
import { type ShownDeadLetter, shownDeadLetter } from '../shown-dead-letter.ts'
import { textsFor } from '../texts.ts'

const DEADLINE_MS = 5_000
const WHO = 'dashboard'

const wholeNumber = z
  .string()
  .regex(/^\d{1,9}$/, 'must be a whole number')
  .transform(Number)
const Listing = z.strictObject({
  state: DeadLetterState.optional(),
  stage: Stage.optional(),
  code: Code.optional(),
  limit: wholeNumber.pipe(z.number().min(1).max(1000)).default(100),
})
/** `site`: the empty one of a form is none. */
const Group = z.strictObject({ stage: Stage, code: Code, site: z.string().max(200).optional() })
const Page = z.object({
  state: z.enum(['open', 'all']).catch('open'),
  code: Code.optional().catch(undefined),
  replayed: wholeNumber.nullable().catch(null),
  left: wholeNumber.catch(0),
  people: wholeNumber.catch(0),
})
const WithRefusal = z.object({ why: z.enum(['closed', 'ending', 'job_gone']).nullable().catch(null) })

interface DeadLetterDeps {
  deadLetters: DeadLetters
  replay: Replay
}

/** Lists, shows, replays and discards what failed for good: as JSON under /api, as pages without it. */
export function deadLetterRoutes({ deadLetters, replay }: DeadLetterDeps): Router {
  const seen = async (letter: KeptDeadLetter) => shownDeadLetter(letter, await deadLetters.people(letter))
  const found = async (request: Request): Promise<ShownDeadLetter> => {
    const id = DeadLetterId.safeParse(request.params.id).data
    const letter = id === undefined ? null : await unlessAway(deadLetters.get(id))
    if (!letter) throw new HttpError(404)
    return await seen(letter)
  }
  const list = async (filter: Parameters<DeadLetters['list']>[0], limit: number) =>
    await Promise.all((await unlessAway(deadLetters.list(filter, limit))).map(seen))
  const groupOf = ({ site, ...group }: z.infer<typeof Group>) => ({
    ...group,
    ...(site === undefined ? {} : { site: site || null }),
  })

  const api = Router()
    .use(json({ limit: '10kb' }))
    .get(
      '/',
      checked(Listing, 'query', async ({ limit, ...filter }, response) => {
        const { state, stage, code } = filter
        const only = { ...(state && { state }), ...(stage && { stage }), ...(code && { code }) }
        response.json({
          deadLetters: await list(only, limit),
          groups: await unlessAway(deadLetters.groups()),
        })
      }),
    )
    .post(
      '/replay',
      checked(Group, 'body', async (group, response) => {
        response.json(await replay.replayAll(groupOf(group), WHO))
      }),
    )
    .get('/:id', async (request, response) => {
      response.json(await found(request))
    })
    .post('/:id/replay', async (request, response) => {
      answer(response, await replay.replay((await found(request)).id, WHO))
    })
    .post('/:id/discard', async (request, response) => {
      answer(response, await replay.discard((await found(request)).id, WHO))
    })
    .use(reasons)

  const pages = Router()
    .get('/', async (request, response) => {
      const { state, code, replayed, left, people } = Page.parse(request.query)
      const all = state === 'all'
      const [groups, letters] = await Promise.all([
        unlessAway(deadLetters.groups()),
        list({ ...(!all && { state: 'open' }), ...(code && { code }) }, 100),
      ])
      const counts = replayed === null ? null : { replayed, left, people }
      response.send(
        deadLettersPage(textsFor(request), { groups, letters, all, counts, mayChange: mayChange(response) }),
      )
    })
    .get('/:id', async (request, response) => {
      const { why } = WithRefusal.parse(request.query)
      response.send(
        deadLetterPage(textsFor(request), await found(request), {
          refusal: why,
          mayChange: mayChange(response),
        }),
      )
    })
    .post('/replay', urlencoded({ extended: false, limit: '10kb' }), async (request, response) => {
      const group = Group.safeParse(request.body).data
      if (!group) throw new HttpError(400)
      const { replayed, left, people } = await replay.replayAll(groupOf(group), WHO)
      response.redirect(303, `/dead-letters?replayed=${replayed}&left=${left}&people=${people}`)
    })
    .post('/:id/:action', async (request, response) => {
      const act = { replay: replay.replay, discard: replay.discard }[String(request.params.action)]
      if (!act) throw new HttpError(404)
      const { id } = await found(request)
      const done = await act(id, WHO)
      const why = done.done ? '' : `?why=${done.why}`
      response.redirect(303, `/dead-letters/${encodeURIComponent(id)}${why}`)
    })

  return Router().use('/api/dead-letters', api).use('/dead-letters', pages)
}

/** Passes on what the schema lets through, and says what is wrong with the rest. */
const checked =
  <T extends z.ZodType>(
    schema: T,
    where: 'query' | 'body',
    handle: (value: z.infer<T>, response: Response) => Promise<void>,
  ): RequestHandler =>
  async (request, response) => {
    const parsed = schema.safeParse(request[where])
    if (parsed.success) return await handle(parsed.data, response)
    const problems = parsed.error.issues.map(({ path, message }) => [...path, message].join(' '))
    response.status(400).json({ error: problems.join('; ') })
  }

const WORDS = {
  unknown: 'there is no such dead letter',
  closed: 'it is not open any more',
  ending: 'its people are being told at this moment: try again in a few seconds',
  job_gone: 'its job was removed: it can only be discarded',
}

function answer(response: Response, done: Replayed): void {
  if (done.done) response.json(done.outcome)
  else response.status(done.why === 'unknown' ? 404 : 409).json({ error: WORDS[done.why] })
}

/** Scripts get a reason that they can read; what broke by itself goes on to the log. */
const reasons = (error: unknown, _request: Request, response: Response, next: (error: unknown) => void) => {
  if (error instanceof HttpError && error.status === 404) response.status(404).json({ error: WORDS.unknown })
  else next(error)
}

/** @throws HttpError 503 when Redis does not answer. */
async function unlessAway<T>(work: Promise<T>): Promise<T> {
  try {
    return await within(DEADLINE_MS, work)
  } catch (error) {
    throw new HttpError(503, error)
  }
}
