import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { z } from 'zod'

/** What the documented endpoints take; anything else is refused, as Metabase does. */
const Card = z.strictObject({
  name: z.string().min(1),
  description: z.string(),
  display: z.string(),
  collection_id: z.number(),
  visualization_settings: z.record(z.string(), z.unknown()),
  dataset_query: z.object({
    type: z.literal('native'),
    database: z.number(),
    native: z.object({ query: z.string(), 'template-tags': z.record(z.string(), z.unknown()) }),
  }),
})
const Dashcard = z.object({
  id: z.number(),
  card_id: z.number(),
  row: z.number(),
  col: z.number(),
  size_x: z.number().min(1),
  size_y: z.number().min(1),
  parameter_mappings: z.array(z.unknown()),
  visualization_settings: z.unknown(),
})
const Dashboard = z.object({
  name: z.string().min(1),
  description: z.string(),
  collection_id: z.number(),
  parameters: z.array(z.object({ id: z.string() })),
  dashcards: z.array(Dashcard).default([]),
})
const Database = z.object({
  engine: z.string(),
  name: z.string(),
  details: z.record(z.string(), z.unknown()),
})
const Setup = z.object({
  token: z.string(),
  user: z.object({ email: z.email(), password: z.string().min(6), site_name: z.string() }),
  prefs: z.object({ site_name: z.string() }),
})
const Login = z.object({ username: z.string(), password: z.string() })

type Answer = { status: number; body?: unknown }
const ok = (body: unknown): Answer => ({ status: 200, body })
const REFUSED: Answer = { status: 400, body: { errors: {} } }

/** A Metabase as far as the provisioning goes: it keeps what it is told, and records the calls. For the tests. */
export async function startMetabase({ failures = 0 } = {}) {
  const databases = new Map<number, z.infer<typeof Database>>()
  const collections = new Map<number, { name: string }>()
  const cards = new Map<number, z.infer<typeof Card>>()
  const dashboards = new Map<number, z.infer<typeof Dashboard>>()
  const calls: string[] = []
  let user: z.infer<typeof Setup>['user'] | null = null
  let lastId = 0
  let starting = failures
  const newId = () => ++lastId

  const add = <T>(into: Map<number, T>, shape: z.ZodType<T>, given: unknown): Answer => {
    const parsed = shape.safeParse(given)
    if (!parsed.success) return REFUSED
    const id = newId()
    into.set(id, parsed.data)
    return ok({ id, ...parsed.data })
  }
  const change = <T>(into: Map<number, T>, id: number, shape: z.ZodType<T>, given: unknown): Answer => {
    const parsed = shape.safeParse(given)
    if (!into.has(id)) return { status: 404 }
    if (!parsed.success) return REFUSED
    into.set(id, parsed.data)
    return ok({ id, ...parsed.data })
  }
  const withIds = (dashcards: z.infer<typeof Dashcard>[]) =>
    dashcards.map((one) => ({ ...one, id: one.id < 0 ? newId() : one.id }))

  const open = (method: string, path: string, body: unknown): Answer | null => {
    if (path === '/api/health') return starting-- > 0 ? { status: 503 } : ok({ status: 'ok' })
    if (path === '/api/session/properties')
      return ok({ 'setup-token': 'setup', 'has-user-setup': user !== null })
    if (method === 'POST' && path === '/api/setup') {
      const parsed = Setup.safeParse(body).data
      if (!parsed || user || parsed.token !== 'setup') return { status: 403 }
      user = parsed.user
      return ok({ id: 'session' })
    }
    if (method === 'POST' && path === '/api/session') {
      const { username, password } = Login.parse(body)
      return username === user?.email && password === user.password ? ok({ id: 'session' }) : { status: 401 }
    }
    return null
  }

  const answer = (method: string, url: URL, body: unknown): Answer => {
    const [, , what, id, more] = url.pathname.split('/')
    const number = Number(id)
    const known = { database: databases, collection: collections, card: cards, dashboard: dashboards }
    const list = (of: Map<number, { name: string }>) => [...of].map(([key, { name }]) => ({ id: key, name }))
    if (method === 'GET' && what === 'database') return ok({ data: list(databases), total: databases.size })
    if (method === 'GET' && what === 'collection' && !id)
      return ok([{ id: 'root', name: 'Our analytics' }, ...list(collections)])
    if (method === 'GET' && what === 'collection' && more === 'items') {
      const models = url.searchParams.getAll('models')
      const data = (['card', 'dashboard'] as const)
        .filter((model) => models.includes(model))
        .flatMap((model) => list(known[model]).map((item) => ({ ...item, model })))
      return ok({ data, total: data.length })
    }
    if (method === 'GET' && what === 'dashboard' && dashboards.has(number))
      return ok({ id: number, ...dashboards.get(number) })
    if (method === 'POST' && what === 'database') return add(databases, Database, body)
    if (method === 'POST' && what === 'collection')
      return add(collections, z.object({ name: z.string() }), body)
    if (method === 'POST' && what === 'card') return add(cards, Card, body)
    if (method === 'POST' && what === 'dashboard') return add(dashboards, Dashboard, body)
    if (method === 'PUT' && what === 'database') return change(databases, number, Database, body)
    if (method === 'PUT' && what === 'card') return change(cards, number, Card, body)
    if (method === 'PUT' && what === 'dashboard') {
      const parsed = Dashboard.safeParse(body).data
      return parsed
        ? change(dashboards, number, Dashboard, { ...parsed, dashcards: withIds(parsed.dashcards) })
        : REFUSED
    }
    return { status: 404 }
  }

  const handle = async (request: IncomingMessage): Promise<Answer> => {
    const { method = '', url: path = '', headers } = request
    const url = new URL(path, 'http://metabase')
    const body: unknown = method === 'GET' ? undefined : await json(request)
    calls.push(`${method} ${url.pathname.replace(/\d+/g, ':id')}`)
    const early = open(method, url.pathname, body)
    if (early) return early
    return headers['x-metabase-session'] === 'session' ? answer(method, url, body) : { status: 401 }
  }
  const server = createServer(async (request, response) => {
    const { status, body } = await handle(request)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? null))
  }).listen(0, '127.0.0.1')
  await new Promise((listening) => server.once('listening', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ databases, collections, cards, dashboards, calls },
    close: () => void server.close(),
  }
}
