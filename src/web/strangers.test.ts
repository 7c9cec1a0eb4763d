import { afterAll, beforeAll, expect, test } from 'vitest'
import { AnalyticsEvent } from '../../queues/event.ts'
import { aggregateDay } from '../shared/metrics/aggregate-day.ts'
import { dayIn } from '../shared/metrics/days.ts'
import { ENDPOINTS } from './stats/endpoints.ts'
import { startWebWithDatabase } from './testing/web-with-database.ts'

/** Other bots write into the same table, whatever they like: a number of theirs must not end an answer of ours. */

const ZONE = 'UTC'
let web: Awaited<ReturnType<typeof startWebWithDatabase>>
beforeAll(async () => {
  web = await startWebWithDatabase({ reportTz: ZONE })
})
afterAll(() => web?.close())

const NUMBERS = [-1, -1e14, -0.5, 0.5, 9e14, 1e300]
const everyNumber = (value: number) => ({
  ...{ sizeBytes: value, waitedMs: value, amount: value, daysSinceFirst: value, height: value },
  ...{ used: value, allowed: value, ordinal: value, links: value, downloads: value, campaignId: value },
  stageSeconds: { fetch: value, [`s${value}`]: value },
})
const WORDS = {
  platform: ' my site/1',
  limit: 'free',
  feature: 'x',
  format: 'v',
  pmf: 'very',
  stage: 'a',
  code: 'b',
}

const add = (bot: string, name: string, data: unknown, times = 1) =>
  web.db.query(
    `INSERT INTO shared.analytics_events (bot_name, event_type, telegram_id, event_data)
     SELECT $1, $2, n, $3 FROM generate_series(1, $4::integer) AS n`,
    [bot, name, JSON.stringify(data), times],
  )
/** Answers that are not 200, of all endpoints, as JSON and as files. */
async function failed(search = ''): Promise<unknown[]> {
  const paths = ENDPOINTS.flatMap(({ id, takes }) =>
    search && !takes.includes('bot') ? [] : [`/stats/${id}${search}`, `/stats/${id}.csv${search}`],
  )
  const answers = await Promise.all(
    paths.map(async (path) => ({ path, status: (await web.get(path, web.viewer)).status })),
  )
  return answers.filter(({ status }) => status !== 200)
}

test('no number of a stranger ends an answer', async () => {
  for (const option of AnalyticsEvent.options)
    for (const value of NUMBERS) {
      const name = option.shape.name.value
      await add('their-bot', name, { ...WORDS, ...everyNumber(value), cached: false })
      for (const odd of [5, [], null, 'x', { stageSeconds: [value], platform: value, props: {} }])
        await add('', name, odd)
    }
  // More than can be summed, and more than JavaScript can count.
  await add('many', 'bonus_granted', { amount: 9.9e14 }, 10_000)
  await add('many', 'download_completed', { sizeBytes: 9.9e14, stageSeconds: { fetch: 9.9e14 } }, 10_000)
  const today = dayIn(ZONE, Date.now())
  await aggregateDay(web.db, today, { timeZone: ZONE })
  expect(await failed()).toEqual([])
  expect(await failed('?bot=their-bot')).toEqual([])
  const { rows } = await (await web.get('/stats/referrals?bot=their-bot', web.viewer)).json()
  expect(rows.at(-1)).toMatchObject({ day: today, bonuses: NUMBERS.length, files: 9e14 + 1 })
})

test('nobody is called by the name that stands for all bots', async () => {
  await expect(add('*', 'link_received', {})).rejects.toThrow('events_bot')
})
