import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { visit } from '../playground/browser/visit.ts'
import { testDatabase, testRedis } from '../playground/testing/services.ts'
import { migrate } from '../shared/db/migrate.ts'
import { createPool } from '../shared/db/pool.ts'
import { metricOf } from '../shared/metrics/read-metric.ts'
import { PASSWORD, startWeb, VIEWER_PASSWORD } from './testing/web-under-test.ts'

type Web = Awaited<ReturnType<typeof startWeb>>
const PATIENCE_MS = 60_000

let browser: Browser
let web: Web
let emptyWeb: Web
let awayWeb: Web
beforeAll(async () => {
  const [filled, empty, { redis, prefix }] = await Promise.all([testDatabase(), testDatabase(), testRedis()])
  await Promise.all([migrate(filled.url), migrate(empty.url)])
  const db = createPool(filled.url)
  await db.query(SOME_DAYS)
  await db.end()
  web = await startWeb({ redis, prefix, databaseUrl: filled.url })
  emptyWeb = await startWeb({ redis, prefix: `${prefix}-empty`, databaseUrl: empty.url })
  awayWeb = await startWeb({ redis, prefix: `${prefix}-away` })
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
}, PATIENCE_MS)
afterAll(async () => {
  await browser?.close()
  for (const one of [web, emptyWeb, awayWeb]) await one?.close()
})

/** A month in which 7 files of one site and 2 of another came each day. */
const SOME_DAYS = `
  WITH days AS (
    INSERT INTO aggregated_days (day, time_zone, was_over, events, made_at)
    SELECT (now() AT TIME ZONE 'Europe/Moscow')::date - n, 'Europe/Moscow', true, 9, now()
    -- Tomorrow too: midnight may come while the test runs.
    FROM generate_series(-1, 40) AS n RETURNING day
  ), people AS (
    INSERT INTO users (bot, user_id, first_seen_at, last_seen_at) VALUES ('ferry_bot', 1, now(), now())
  ), stats AS (
    INSERT INTO daily_stats (day, bot, source, dau, wau, mau, downloads)
    SELECT day, '*', source, 5, 6, 7, 9 FROM days, (VALUES ('*'), ('referral')) AS s(source)
  )
  INSERT INTO daily_downloads (day, bot, source, platform, asked_by, downloads, cached, size_bytes, work_ms)
  SELECT day, 'ferry_bot', 'referral', platform, 'message', downloads, 1, 1000, 1000
  FROM days, (VALUES ('tiktok', 2), ('youtube', 7)) AS s(platform, downloads)`

const enter = async ({ origin }: Web, role: 'admin' | 'viewer' = 'admin', options = {}) => {
  const visited = await visit(browser, `${origin}/login`, { patienceMs: PATIENCE_MS / 2, ...options })
  await visited.page.locator('#user').fill(role)
  await visited.page.locator('#password').fill(role === 'admin' ? PASSWORD : VIEWER_PASSWORD)
  await visited.page.keyboard.press('Enter')
  await visited.page.waitForURL(`${origin}/`)
  return visited
}
const settled = (page: Page) => page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'))
const panel = (page: Page, name: string) => page.getByRole('region', { name, exact: true })

test('with the keyboard alone: what a number means, put away with Escape, and the table with its rows', async () => {
  const { page } = await enter(web)
  await page.goto(`${web.origin}/analytics/content`)
  await settled(page)
  const tip = panel(page, 'Sites').getByRole('tooltip', { includeHidden: true })
  expect(await tip.isVisible()).toBe(false)
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))
  for (let n = 0; n < 60 && (await focused()) !== 'What “Sites” means'; n++) await page.keyboard.press('Tab')
  expect(await focused()).toBe('What “Sites” means')
  expect(await tip.isVisible()).toBe(true)
  expect(await tip.textContent()).toContain(metricOf('platform-downloads').definition.en)
  await page.keyboard.press('Escape')
  expect(await tip.isVisible()).toBe(false)

  await page.keyboard.press('Tab')
  expect(await focused()).toBe('“Sites” as a CSV file')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  const rows = panel(page, 'Sites').locator('.rows tbody tr')
  await rows.first().waitFor({ state: 'visible' })
  expect(await rows.allInnerTexts()).toEqual([
    'youtube\t210\t30\t30,000\t77.8%',
    'tiktok\t60\t30\t30,000\t22.2%',
  ])
  const csv = await page.request.get(
    `${web.origin}${await panel(page, 'Sites').locator('.csv').getAttribute('href')}`,
  )
  expect((await csv.text()).split('\r\n')[1]).toMatch(/^youtube,210,30,30000,/)
  await page.context().close()
})

test('a filter holds for what it can be told of, and the others say that it does not', async () => {
  const { page, complaints } = await enter(web)
  await page.goto(`${web.origin}/analytics`)
  await page.getByRole('combobox', { name: 'Site' }).selectOption('tiktok')
  await page.waitForURL(/platform=tiktok/)
  await settled(page)
  await panel(page, 'Sites').getByText('As a table').click()
  await panel(page, 'Sites').locator('.rows tbody tr').first().waitFor()
  expect(await panel(page, 'Sites').locator('.rows tbody tr').count()).toBe(1)
  await panel(page, 'Active people').getByText('Not filtered by: Site').waitFor()
  await page.getByRole('link', { name: 'Growth' }).click()
  expect(page.url()).toContain('platform=tiktok')
  await page.getByRole('link', { name: '7 days' }).click()
  await settled(page)
  await panel(page, 'Active people').getByText('As a table').click()
  await panel(page, 'Active people').locator('.rows tbody tr').first().waitFor()
  expect(await panel(page, 'Active people').locator('.rows tbody tr').count()).toBe(7)
  // More days than are answered for: the reason of the API.
  await page.goto(`${web.origin}/analytics?from=2020-01-01&to=2026-01-01`)
  await panel(page, 'Active people').getByText('ask for 400 at most').waitFor()
  expect(complaints.filter((line) => !line.includes('400 (Bad Request)'))).toEqual([])
  await page.context().close()
})

test('without any events, and without PostgreSQL, each page says what to do', async () => {
  const empty = await enter(emptyWeb)
  await empty.page.goto(`${emptyWeb.origin}/analytics`)
  await empty.page.getByText('No events yet: send the bot a link.').waitFor()
  await settled(empty.page)
  expect(await empty.page.getByText('Choose more days, or fewer filters.').count()).toBeGreaterThan(0)
  expect(empty.complaints).toEqual([])
  await empty.page.context().close()

  const { page } = await enter(awayWeb)
  for (const path of ['/analytics', '/analytics/referrals', '/analytics/experiments']) {
    await page.goto(awayWeb.origin + path)
    await page
      .getByText(/PostgreSQL (does not answer|cannot be reached)/)
      .first()
      .waitFor()
    await settled(page)
  }
  await page.context().close()
})

test('too slow is not away; when PostgreSQL is back, the button of the panel loads it', async () => {
  const { page } = await enter(web)
  let status = 504
  await page.route('**/stats/platform-downloads?*', (route) =>
    status === 200 ? route.continue() : route.fulfill({ status, body: '{}' }),
  )
  await page.goto(`${web.origin}/analytics/content`)
  const sites = panel(page, 'Sites')
  await sites.getByText('The answer took too long. Choose fewer days').waitFor()
  status = 503
  await sites.getByRole('button', { name: 'try again' }).click()
  await sites.getByText('PostgreSQL does not answer').waitFor()
  status = 200
  await sites.getByRole('button', { name: 'try again' }).click()
  await sites.locator('canvas').waitFor()
  expect(await sites.getByRole('alert').count()).toBe(0)
  await page.context().close()
})

test('live numbers come by themselves', async () => {
  const { page } = await enter(web)
  await page.goto(`${web.origin}/analytics`)
  const waiting = page.locator('[data-now="waiting"]')
  await page.locator('.is-live').waitFor()
  const before = Number(await waiting.textContent())
  await web.queues.queue('fetch').add('fetch', {}, { jobId: 'waits' })
  await page.waitForFunction(
    (more) => document.querySelector('[data-now="waiting"]')?.textContent === String(more),
    before + 1,
  )
  await page.context().close()
})

test('the colours that somebody chose stay, on every page', async () => {
  const { page } = await enter(web, 'admin', { colorScheme: 'light' })
  await page.goto(`${web.origin}/analytics/survey`)
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const light = await ground()
  await page.getByRole('button', { name: 'Dark' }).click()
  await page.waitForFunction(() => document.documentElement.dataset.theme === 'dark')
  expect(page.url()).toBe(`${web.origin}/analytics/survey`)
  const dark = await ground()
  expect(dark).not.toBe(light)
  await page.goto(`${web.origin}/dead-letters`)
  expect(await ground()).toBe(dark)
  await page.context().close()
})

test('an admin makes an experiment and an ad, starts and stops; a viewer sees them and no buttons', async () => {
  const { page, complaints } = await enter(web)
  await page.goto(`${web.origin}/analytics/experiments`)
  await page.getByText('New experiment').click()
  await page.getByLabel('Name: letters').fill('ten-or-fifteen')
  await page.getByLabel('Control: name').fill('ten')
  await page.getByLabel('Variant 2: name').fill('fifteen')
  await page.getByLabel('What it gets, as JSON').nth(0).fill('{"free": 10}')
  await page.getByLabel('What it gets, as JSON').nth(1).fill('{"free": 15}')
  await page.getByRole('button', { name: 'Make it' }).click()
  await page.getByRole('status').getByText('Saved').waitFor()
  await page.getByRole('button', { name: 'Start' }).click()
  await page.getByText('0 of 1,000 planned people').waitFor()
  await page.getByText('Do not decide by what is ahead today').waitFor()

  await page.goto(`${web.origin}/analytics/referrals`)
  await page.getByText('New ad').click()
  await page.getByLabel('Name (for us)').fill('<b>Night</b>')
  await page.getByLabel('What people read').fill('Try it')
  await page.getByLabel('On the button').fill('Open')
  await page.getByLabel('Where the button leads').fill('https://example.org/night')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('status').getByText('Saved').waitFor()
  await page.getByText('<b>Night</b>', { exact: true }).waitFor()
  expect(complaints).toEqual([])

  const viewer = await enter(web, 'viewer')
  for (const path of ['/analytics/experiments', '/analytics/referrals']) {
    await viewer.page.goto(web.origin + path)
    await viewer.page
      .getByText(/ten-or-fifteen|Night/)
      .first()
      .waitFor()
    expect(await viewer.page.locator('main form[method="post"]').count()).toBe(0)
  }
  await page.goto(`${web.origin}/analytics/experiments`)
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByText('ended', { exact: true }).waitFor()
  await viewer.page.context().close()
  await page.context().close()
})
