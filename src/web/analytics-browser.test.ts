import { type Browser, chromium, type Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AnalyticsEvent } from '../../queues/event.ts'
import { eventRow } from '../../workers/analytics/event-row.ts'
import { writeEvents } from '../../workers/analytics/write-events.ts'
import { visit } from '../playground/browser/visit.ts'
import { testDatabase, testRedis } from '../playground/testing/services.ts'
import { migrate } from '../shared/db/migrate.ts'
import { createPool } from '../shared/db/pool.ts'
import { aggregateDay } from '../shared/metrics/aggregate-day.ts'
import { addDays, dayIn, daysFrom } from '../shared/metrics/days.ts'
import { daysToMake } from '../shared/metrics/days-to-make.ts'
import { metricOf } from '../shared/metrics/read-metric.ts'
import { history } from '../shared/metrics/testing/histories.ts'
import { pathOf } from './pages/analytics/analytics-page.ts'
import { PAGES } from './pages/analytics/pages.ts'
import { PASSWORD, startWeb } from './testing/web-under-test.ts'

type Web = Awaited<ReturnType<typeof startWeb>>
const TIME_ZONE = 'Europe/Moscow'
const DAYS = 45
const PATIENCE_MS = 60_000

let browser: Browser
let web: Web

beforeAll(async () => {
  const [{ url }, { redis, prefix }] = await Promise.all([testDatabase(), testRedis()])
  await migrate(url)
  await fill(url)
  web = await startWeb({ redis, prefix, databaseUrl: url })
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
}, PATIENCE_MS)
afterAll(async () => {
  await browser?.close()
  await web?.close()
})

/** A random history that ends now, with its numbers. */
async function fill(url: string): Promise<void> {
  const db = createPool(url)
  const nowMs = Date.now()
  const first = addDays(dayIn(TIME_ZONE, nowMs), 1 - DAYS)
  const midnightMs = (day: string) => Date.parse(`${day}T00:00:00+03:00`)
  const midnightsMs = daysFrom(first, addDays(first, DAYS)).map(midnightMs)
  const events = history({
    seed: 5,
    people: 120,
    days: DAYS,
    botIds: [1, 2],
    startMs: midnightMs(first),
    midnightsMs,
  })
    .filter(({ atMs }) => atMs <= nowMs)
    .map((event) => eventRow(AnalyticsEvent.parse(event), `bot${event.botId}`))
  for (let at = 0; at < events.length; at += 500)
    await writeEvents(db, TIME_ZONE, events.slice(at, at + 500), [])
  for (const day of await daysToMake(db, TIME_ZONE, nowMs))
    await aggregateDay(db, day, { timeZone: TIME_ZONE })
  await db.end()
}

interface Look {
  theme: 'light' | 'dark'
  width: number
  locale?: string
}

/** Somebody who is logged in. */
async function visitor({ origin }: Web, { theme, width, locale = 'en-GB' }: Look) {
  const { page, complaints, asked } = await visit(browser, `${origin}/login`, {
    patienceMs: PATIENCE_MS / 2,
    colorScheme: theme,
    viewport: { width, height: 800 },
    reducedMotion: 'reduce',
    locale,
  })
  await page.locator('#user').fill('admin')
  await page.locator('#password').fill(PASSWORD)
  await page.keyboard.press('Enter')
  await page.waitForURL(`${origin}/`)
  const open = async (path: string) => {
    await page.goto(origin + path)
    await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'))
  }
  return { page, complaints, asked, open, close: () => page.context().close() }
}
type Visitor = Awaited<ReturnType<typeof visitor>>

/** How many of the panel's canvases show anything. */
const drawn = (panel: Locator): Promise<number> =>
  panel.locator('canvas').evaluateAll(
    (canvases) =>
      canvases.filter((canvas) => {
        if (!(canvas instanceof HTMLCanvasElement)) return false
        const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {
          data: [],
        }
        return data.some((value) => value > 0)
      }).length,
  )

const LOOKS: Look[] = [
  { theme: 'light', width: 1280 },
  { theme: 'dark', width: 1280 },
  { theme: 'light', width: 360 },
  { theme: 'dark', width: 390, locale: 'ru-RU' },
]

describe.each(LOOKS)('in $theme colours, $width px wide', (look) => {
  let one: Visitor
  beforeAll(async () => {
    one = await visitor(web, look)
  }, PATIENCE_MS)
  afterAll(() => one?.close())

  test.each(PAGES)('the page "$id" shows what it should', async (page) => {
    await one.open(pathOf(page))
    const language = look.locale ? 'ru' : 'en'
    expect(await one.page.locator('h1').textContent()).toBe(page.title[language])
    const panels = await one.page.locator('[data-chart]').all()
    expect(panels).toHaveLength(page.charts.length)
    for (const [n, panel] of panels.entries()) {
      const chart = page.charts[n]
      const what = `${chart?.metric} as ${chart?.kind}`
      expect([what, await panel.locator('.plot .problem, .plot .nothing').allTextContents()]).toEqual([
        what,
        [],
      ])
      const shapes = (await drawn(panel)) + (await panel.locator('.plot :is(ol, table, .scale)').count())
      expect([what, shapes]).toEqual([what, 1])
      await panel.locator('.rows summary').click()
      await panel.locator('.rows tbody tr').first().waitFor()
      const meaning = metricOf(chart?.metric ?? '').definition[language]
      expect(await panel.locator('.tip').textContent()).toContain(meaning)
    }
    const sparks = await one.page.locator('[data-figure]').all()
    for (const [n, figure] of sparks.entries())
      expect([n, await drawn(figure)]).toEqual([n, page.figures?.[n]?.y ? 1 : 0])
    expect(await one.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)
    expect(one.complaints).toEqual([])
    expect([...one.asked]).toEqual([web.origin])
  })
})
