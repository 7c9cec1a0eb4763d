import { z } from 'zod'
import { readConfig } from '../../shared/config.ts'
import { createLogger } from '../../shared/logger.ts'
import { runMain } from '../../shared/run-main.ts'
import { type MetabaseClient, openMetabase } from './metabase-client.ts'
import { QUESTIONER } from './prepare-database.ts'
import { DASHBOARDS, type Dashboard, type Question } from './questions.ts'

const NAME = 'Clipferry'
const DAYS_BACK = 30
/** The filter above each dashboard; its id is ours to choose. */
const FILTER = {
  id: 'c11fdays',
  name: 'Days back',
  slug: 'days',
  type: 'number/=',
  sectionId: 'number',
  default: [DAYS_BACK],
}

const Made = z.object({ id: z.number() })
const Named = z.object({ id: z.union([z.number(), z.string()]), name: z.string() })
const Databases = z.object({ data: z.array(Named.extend({ id: z.number() })) })
const Items = z.object({ data: z.array(Named.extend({ id: z.number(), model: z.string() })) })
const Full = z.object({ dashcards: z.array(z.object({ id: z.number(), card_id: z.number().nullable() })) })

export interface DatabaseDetails {
  host: string
  port: number
  dbname: string
  password: string
}

/**
 * Makes the connection to our database and the three dashboards, or brings them up to date: what has one of our names in
 * our collection is ours, and is changed in place. Whatever else people have made there stays.
 */
export async function provision(
  { call }: MetabaseClient,
  details: DatabaseDetails,
): Promise<{ questions: number }> {
  const databaseId = await ensureDatabase(call, details)
  const collectionId = await ensureCollection(call)
  const path = `/api/collection/${collectionId}/items?models=card&models=dashboard&limit=500`
  const { data: items } = await call(Items, 'GET', path)
  const known = (model: string, name: string) =>
    items.find((item) => item.model === model && item.name === name)?.id

  let questions = 0
  for (const dashboard of DASHBOARDS) {
    const cards: { question: Question; id: number }[] = []
    for (const question of dashboard.questions) {
      const body = cardOf(question, databaseId, collectionId)
      cards.push({ question, id: await ensure(call, '/api/card', known('card', question.name), body) })
      questions += 1
    }
    await ensureDashboard(call, dashboard, known('dashboard', dashboard.name), collectionId, cards)
  }
  return { questions }
}

type Call = MetabaseClient['call']

async function ensure(call: Call, path: string, id: number | undefined, body: object): Promise<number> {
  if (id === undefined) return (await call(Made, 'POST', path, body)).id
  await call(z.unknown(), 'PUT', `${path}/${id}`, body)
  return id
}

async function ensureDatabase(call: Call, { password, ...where }: DatabaseDetails): Promise<number> {
  const { data } = await call(Databases, 'GET', '/api/database')
  const details = { ...where, user: QUESTIONER, password, ssl: false, 'schema-filters-type': 'all' }
  const known = data.find(({ name }) => name === NAME)?.id
  return await ensure(call, '/api/database', known, { engine: 'postgres', name: NAME, details })
}

async function ensureCollection(call: Call): Promise<number> {
  const all = await call(z.array(Named), 'GET', '/api/collection')
  const known = all.find(({ name, id }) => name === NAME && typeof id === 'number')
  if (typeof known?.id === 'number') return known.id
  return (await call(Made, 'POST', '/api/collection', { name: NAME })).id
}

/** A question with its SQL; `days` is asked for by the dashboard. */
function cardOf(
  { name, description, display, across, up, sql }: Question,
  databaseId: number,
  collectionId: number,
) {
  const days = {
    id: FILTER.id,
    name: 'days',
    'display-name': FILTER.name,
    type: 'number',
    default: DAYS_BACK,
    required: true,
  }
  const chart = across && up ? { 'graph.dimensions': [across], 'graph.metrics': [...up] } : {}
  return {
    ...{ name, description, display, collection_id: collectionId },
    visualization_settings: display === 'bar' ? { ...chart, 'stackable.stack_type': 'stacked' } : chart,
    dataset_query: {
      ...{ type: 'native', database: databaseId },
      native: { query: sql, 'template-tags': { days } },
    },
  }
}

async function ensureDashboard(
  call: Call,
  { name, description }: Dashboard,
  known: number | undefined,
  collectionId: number,
  cards: readonly { question: Question; id: number }[],
): Promise<void> {
  const body = { name, description, collection_id: collectionId, parameters: [FILTER] }
  const id = known ?? (await call(Made, 'POST', '/api/dashboard', body)).id
  const { dashcards: there } = await call(Full, 'GET', `/api/dashboard/${id}`)
  const dashcards = cards.map(({ question: { place }, id: cardId }, at) => ({
    // A place that is new has an id below 0; one that is known keeps its own.
    id: there.find(({ card_id }) => card_id === cardId)?.id ?? -1 - at,
    card_id: cardId,
    ...{ row: place.row, col: place.col, size_x: place.width, size_y: place.height },
    parameter_mappings: [
      { parameter_id: FILTER.id, card_id: cardId, target: ['variable', ['template-tag', 'days']] },
    ],
    visualization_settings: {},
  }))
  await call(z.unknown(), 'PUT', `/api/dashboard/${id}`, { ...body, dashcards })
}

if (import.meta.main)
  runMain(async () => {
    const config = readConfig(['database', 'metabase'])
    const { hostname, port, pathname } = new URL(config.DATABASE_URL)
    const login = { email: config.METABASE_EMAIL, password: config.METABASE_PASSWORD }
    const made = await provision(await openMetabase(config.METABASE_URL, login), {
      ...{ host: hostname, port: Number(port || 5432), dbname: pathname.slice(1) },
      password: config.METABASE_DB_PASSWORD,
    })
    createLogger('info', 'metabase').info(made, 'the dashboards are there')
  })
