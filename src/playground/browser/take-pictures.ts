/**
 * Makes the pictures of the documentation (docs/pictures) from the running product:
 * `npx node src/playground/browser/take-pictures.ts`, or only some: `… chat`, `… queues`, `… analytics`. Looks best where Roboto and Noto Color Emoji are installed.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { SAMPLE_MEDIA_DIR } from '../media-site/make-media.ts'
import { type Stack, startStack } from '../stack.ts'
import { findTools } from '../tools.ts'
import { liveThroughMonths, openAnalytics } from './analytics-pictures.ts'
import { createFilm } from './film.ts'

const PICTURES = fileURLToPath(new URL('../../../docs/pictures', import.meta.url))
const PATIENCE_MS = 240_000
/** What most people have; the fallback of a bare Linux is an old font. */
const FONT = ':root,body,body *{font-family:Roboto,"Noto Color Emoji",sans-serif}'

async function open(browser: Browser, url: string, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({
    ...{ locale: 'en-GB', colorScheme: 'light', deviceScaleFactor: 2, bypassCSP: true },
    ...options,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  await page.addInitScript((css) => {
    document.addEventListener('DOMContentLoaded', () => {
      document.head.append(Object.assign(document.createElement('style'), { textContent: css }))
    })
  }, FONT)
  await page.goto(url)
  return page
}

const chat = (browser: Browser, { chatUrl }: Stack, userId: number, width: number, height: number) =>
  open(browser, `${chatUrl}/playground/?user=${userId}`, { viewport: { width, height } })

const shoot = async (page: Page, name: string) => {
  await page.screenshot({ path: join(PICTURES, name) })
  console.log(name)
}

const key = (page: Page, name: RegExp) => page.locator('.message').last().getByRole('button', { name })

/** Plays the video, from where there is something to see. */
async function play(page: Page): Promise<void> {
  const video = page.locator('video')
  await video.evaluate(async (player: HTMLVideoElement) => {
    player.muted = true
    player.currentTime = 5
    await player.play()
  })
  await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 6)
}

async function pictures(browser: Browser, stack: Stack): Promise<void> {
  const page = await chat(browser, stack, 1001, 1000, 740)
  await page.getByRole('button', { name: 'START' }).click()
  await page.getByRole('button', { name: '/help', exact: true }).waitFor()
  await page.getByRole('button', { name: 'Harbour at dawn' }).first().click()
  await key(page, /480p/).waitFor()
  await page.mouse.move(0, 0)
  await shoot(page, 'chat.png')
  await key(page, /480p/).click()
  await play(page)
  await page.mouse.move(0, 0)
  await page.locator('#toast').waitFor({ state: 'hidden' })
  await shoot(page, 'video.png')
  const phone = await chat(browser, stack, 1001, 390, 760)
  await play(phone)
  await shoot(phone, 'phone.png')
}

/** Somebody pastes a link, chooses, watches how far it is, and watches the video. */
async function film(browser: Browser, stack: Stack, workDir: string): Promise<void> {
  const page = await chat(browser, stack, 1003, 560, 600)
  const roll = createFilm(page, workDir)
  await page.getByRole('button', { name: 'START' }).waitFor()
  await roll.shoot(0.8)
  await page.getByRole('textbox').fill(`${stack.mediaSite?.origin}/watch/slow`)
  await roll.shoot(1)
  await page.keyboard.press('Enter')
  await key(page, /Video/).hover()
  await roll.shoot(1.6)
  await key(page, /Video/).click()
  const words = page.locator('.message .words').last()
  let shown = ''
  while (!(await page.locator('video').count())) {
    const now = await words.textContent()
    if (now !== shown) await roll.shoot(0.4)
    shown = now ?? ''
  }
  await roll.shoot(0.8)
  await play(page)
  for (let n = 0; n < 18; n++) await roll.shoot(0.15)
  await roll.save(join(PICTURES, 'chat.gif'))
  console.log('chat.gif')
}

/** Something that takes its time, and more than can be looked at together. */
async function askForMuch(browser: Browser, stack: Stack): Promise<void> {
  const page = await chat(browser, stack, 1002, 1000, 740)
  const ask = async (path: string) => {
    await page.getByRole('textbox').fill(`${stack.mediaSite?.origin}${path}`)
    await page.keyboard.press('Enter')
  }
  await ask('/watch/slow?bytesPerSecond=50000')
  await key(page, /Видео/).click()
  for (let n = 1; n <= 9; n++) await ask(`/watch/clip-${n}`)
}

async function dashboard(browser: Browser, { webUrl, adminPassword }: Stack): Promise<void> {
  const page = await open(browser, webUrl, { viewport: { width: 1040, height: 790 } })
  await page.getByLabel('Password').fill(adminPassword)
  await page.getByRole('button', { name: 'Log in' }).click()
  const busy = page.getByRole('row', { name: /^fetch/ }).getByRole('cell', { name: '1', exact: true })
  while (!(await busy.count())) await page.reload()
  await shoot(page, 'dashboard.png')
  await page.getByRole('link', { name: 'Open the queues' }).click()
  await page.getByRole('main').getByText('maintenance').waitFor()
  await shoot(page, 'board.png')
}

const ANALYTICS_PAGES =
  'growth retention funnel sources content performance failures referrals experiments survey limits'.split(
    ' ',
  )

/** Pages of analytics: on a desk in the light, and on a phone in the dark. */
async function analytics(browser: Browser, stack: Stack): Promise<void> {
  const { webUrl, adminPassword } = stack
  await liveThroughMonths(stack)
  const enter = async (options: BrowserContextOptions) => {
    const page = await open(browser, webUrl, { deviceScaleFactor: 1.5, reducedMotion: 'reduce', ...options })
    await page.getByLabel('Password').fill(adminPassword)
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByRole('heading', { name: 'Stages' }).waitFor()
    return page
  }
  const desk = await enter({ viewport: { width: 1280, height: 1150 } })
  for (const name of ANALYTICS_PAGES) {
    await openAnalytics(desk, webUrl, `/analytics/${name}`)
    await shoot(desk, `analytics-${name}.png`)
  }
  await openAnalytics(desk, webUrl, '/analytics')
  await desk.locator('.is-live').waitFor()
  await shoot(desk, 'analytics-overview.png')
  const phone = await enter({ viewport: { width: 390, height: 844 }, colorScheme: 'dark' })
  await openAnalytics(phone, webUrl, '/analytics')
  await shoot(phone, 'analytics-phone.png')
}

const WANTED = process.argv.slice(2)
const isWanted = (what: string) => WANTED.length === 0 || WANTED.includes(what)
const { chromiumPath } = findTools()
if (!chromiumPath) throw new Error('Chromium is missing: npm run pretest gets it')
await mkdir(PICTURES, { recursive: true })
const workDir = await mkdtemp(join(tmpdir(), 'clipferry-pictures-'))
const stack = await startStack({ dir: workDir, mediaDir: SAMPLE_MEDIA_DIR, readyTimeoutMs: PATIENCE_MS })
const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] })
try {
  if (isWanted('chat')) {
    await pictures(browser, stack)
    await film(browser, stack, workDir)
  }
  if (isWanted('queues')) {
    await askForMuch(browser, stack)
    await dashboard(browser, stack)
  }
  if (isWanted('analytics')) await analytics(browser, stack)
} finally {
  await browser.close()
  await stack.stop()
  await rm(workDir, { recursive: true, force: true })
}
