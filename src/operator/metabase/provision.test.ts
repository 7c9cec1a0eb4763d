import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { testDatabase } from '../../playground/testing/services.ts'
import { migrate } from '../../shared/db/migrate.ts'
import { openMetabase } from './metabase-client.ts'
import { prepareDatabase } from './prepare-database.ts'
import { provision } from './provision.ts'
import { DASHBOARDS } from './questions.ts'
import { startMetabase } from './testing/stand-in.ts'

const LOGIN = { email: 'admin@example.com', password: 'a password of 10 1' }
const DETAILS = { host: 'postgres', port: 5432, dbname: 'clipferry', password: 'secret' }
const metabase = await startMetabase({ failures: 1 })
afterAll(metabase.close)

const everything = () =>
  structuredClone([metabase.databases, metabase.collections, metabase.cards, metabase.dashboards])
const run = async () => provision(await openMetabase(metabase.url, LOGIN), DETAILS)

test('a new Metabase gets its administrator, the connection, and the three dashboards', async () => {
  expect(await run()).toEqual({ questions: 11 })
  expect([...metabase.databases.values()]).toEqual([
    {
      engine: 'postgres',
      name: 'Clipferry',
      details: expect.objectContaining({ user: 'metabase_reader', host: 'postgres', port: 5432 }),
    },
  ])
  expect([...metabase.dashboards.values()].map(({ name }) => name)).toEqual(
    DASHBOARDS.map(({ name }) => name),
  )
  for (const { dashcards, parameters } of metabase.dashboards.values()) {
    expect(dashcards.every(({ card_id: id }) => metabase.cards.has(id))).toBe(true)
    // Each hears the filter, and none lies over another.
    const filter = parameters[0]?.id
    for (const { parameter_mappings: mappings } of dashcards)
      expect(mappings).toEqual([expect.objectContaining({ parameter_id: filter })])
    const fields = dashcards.flatMap(({ row, col, size_x, size_y }) =>
      Array.from(
        { length: size_x * size_y },
        (_, n) => `${row + Math.floor(n / size_x)}/${col + (n % size_x)}`,
      ),
    )
    expect(new Set(fields).size).toBe(fields.length)
    expect(dashcards.every(({ col, size_x }) => col + size_x <= 24)).toBe(true)
  }
})

test('again, it changes nothing; what somebody has changed is put right, and what else they made stays', async () => {
  const before = everything()
  await run()
  expect(everything()).toEqual(before)
  expect(metabase.calls.filter((call) => call === 'POST /api/setup')).toHaveLength(1)
  expect(metabase.calls).toContain('POST /api/session')
  const [id, card] = [...metabase.cards][0] ?? []
  if (!id || !card) throw new Error('no card')
  metabase.cards.set(id, { ...card, display: 'pie' })
  metabase.cards.set(999, { ...card, name: 'Theirs' })
  await run()
  expect(metabase.cards.get(id)).toEqual(card)
  expect(metabase.cards.get(999)?.name).toBe('Theirs')
  expect(metabase.cards.size).toBe(12)
})

test('a wrong password is told, without it', async () => {
  const wrong = openMetabase(metabase.url, { ...LOGIN, password: 'not this one' })
  await expect(wrong).rejects.toThrow('Metabase refuses POST /api/session: 401')
})

test('days back are counted from the day that it is in REPORT_TZ', async () => {
  const { url } = await testDatabase()
  await migrate(url)
  const db = new pg.Client({ connectionString: url })
  await db.connect()
  try {
    // It is another day there than in UTC, which is the server's.
    const zone = new Date().getUTCHours() < 12 ? 'Etc/GMT+12' : 'Etc/GMT-14'
    await db.query("SET timezone = 'UTC'")
    await db.query(`INSERT INTO aggregated_days
      SELECT (now() AT TIME ZONE '${zone}')::date - n, '${zone}', false, 1, now() FROM generate_series(0, 1) AS n`)
    await db.query(
      "INSERT INTO daily_stats (day, bot, source, dau) SELECT day, '*', '*', 1 FROM aggregated_days",
    )
    await db.query(`INSERT INTO events (name, bot, props, at)
      SELECT 'bot_start', 'b', '{"source": "organic", "isNew": "perhaps"}', moment
      FROM (SELECT date_trunc('day', now() AT TIME ZONE '${zone}') AT TIME ZONE '${zone}') AS day(start),
        LATERAL (VALUES (start), (start - interval '1 second')) AS moments(moment)`)
    const rowsOf = async (name: string) => {
      const found = DASHBOARDS.flatMap(({ questions }) => questions).find((one) => one.name === name)
      return (await db.query(found?.sql.replaceAll('{{days}}', '0') ?? '')).rows
    }
    const [today] = (await db.query('SELECT max(day) AS day FROM aggregated_days')).rows
    expect(await rowsOf('People per day')).toMatchObject([{ day: today.day, active: '1' }])
    expect(await rowsOf('Starts by source')).toMatchObject([{ starts: '1', new_people: '0' }])
  } finally {
    await db.end()
  }
})

test('every question runs on our schema, as the user who only reads; that one cannot write', async () => {
  const { url } = await testDatabase()
  await migrate(url)
  const suffix = new URL(url).pathname.slice(1).replace(/\W/g, '_')
  const names = { OWNER: `mb_${suffix}`, QUESTIONER: `mbr_${suffix}` }
  await prepareDatabase(url, 'secret of 10', names)
  await prepareDatabase(url, "new ' secret", names)
  const asReader = new URL(url)
  asReader.username = names.QUESTIONER
  asReader.password = encodeURIComponent("new ' secret")
  const own = new URL(url)
  own.pathname = `/${names.OWNER}`
  own.username = names.OWNER
  own.password = asReader.password
  const admin = new pg.Client({ connectionString: url })
  const reader = new pg.Client({ connectionString: asReader.href })
  const owner = new pg.Client({ connectionString: own.href })
  await Promise.all([admin.connect(), reader.connect(), owner.connect()])
  try {
    await admin.query(`INSERT INTO events (event_id, name, at, bot, user_id, props)
      VALUES ('e', 'bot_start', now(), 'b', 1, '{"source": "campaign", "campaign": "habr", "isNew": true}')`)
    await admin.query(`INSERT INTO daily_stats (day, bot, source, dau, downloads, cached, failures, started)
      SELECT current_date - 8, '*', s, 4, 10, 5, 10, 4 FROM unnest(ARRAY['*', 'organic']) AS s`)
    await admin.query(`INSERT INTO daily_funnel SELECT current_date - 8, '*', s, c, 4, 3, 2, 1, 1
      FROM (VALUES ('*', '*'), ('organic', '')) AS v(s, c)`)
    await admin.query("INSERT INTO aggregated_days SELECT current_date - 1, 'UTC', true, 1, now()")
    await admin.query(
      `INSERT INTO weekly_cohorts SELECT week::date, w, '*', '*', 4 FROM (SELECT date_trunc('week', current_date - 8)::date) AS t(w),
         LATERAL (VALUES (w), (date_trunc('week', current_date))) AS v(week)`,
    )
    // The first of the two weeks is over.
    await admin.query(`INSERT INTO aggregated_days
      SELECT date_trunc('week', current_date - 8)::date + 6, 'UTC', true, 1, now() ON CONFLICT DO NOTHING`)
    for (const { questions } of DASHBOARDS)
      for (const { name, sql, across, up = [] } of questions) {
        const { rows, fields } = await reader.query(sql.replaceAll('{{days}}', '30'))
        expect(rows.length, name).toBeGreaterThan(0)
        // What the chart is drawn from is there.
        for (const column of [across ?? [], ...up].flat())
          expect(
            fields.map((field) => field.name),
            name,
          ).toContain(column)
      }
    const funnel = DASHBOARDS[1]?.questions[0]?.sql.replaceAll('{{days}}', '30') ?? ''
    const people = z.array(z.object({ people: z.coerce.number() })).parse((await reader.query(funnel)).rows)
    expect(people.map((step) => step.people)).toEqual([4, 3, 2, 1, 1])
    const cohorts = DASHBOARDS[2]?.questions.at(-1)?.sql.replaceAll('{{days}}', '30') ?? ''
    expect((await reader.query(cohorts)).rows.map(({ n }) => n)).toEqual([0])
    await expect(reader.query('DELETE FROM events')).rejects.toThrow(/read-only|permission denied/)
    await reader.query('SET default_transaction_read_only = off')
    await expect(reader.query('DELETE FROM events')).rejects.toThrow(/permission denied/)
    await owner.query('CREATE TABLE theirs (x int)')
  } finally {
    await Promise.all([reader.end(), owner.end()])
    await admin.query(`DROP DATABASE ${names.OWNER}`)
    for (const role of [names.QUESTIONER, names.OWNER])
      await admin.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
    await admin.end()
  }
})
