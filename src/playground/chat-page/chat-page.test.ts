import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Api, InputFile } from 'grammy'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { type BotApi, createBotApi } from '../bot-api/create-bot-api.ts'
import { makeMedia, SAMPLE_MEDIA_DIR } from '../media-site/make-media.ts'
import { findTools } from '../tools.ts'

// A browser on a busy machine: what is waited for is a condition, the limit only ends a hopeless wait.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

const TOKEN = '4200000042:AAtestTokenOfTheChatPage_0123456789abcd'
const SAMPLE = { name: 'A sample', url: 'http://127.0.0.1:1/watch/sample', note: 'For the test' }

let browser: Browser
let dir: string
let media: string
beforeAll(async () => {
  const { chromiumPath } = findTools()
  if (!chromiumPath) throw new Error('Chromium is missing: npm test gets it')
  browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] })
  media = await makeMedia(SAMPLE_MEDIA_DIR, () => undefined)
})
afterAll(() => browser.close())

let server: BotApi
let bot: Api
let people: BotApi['cast']
let errors: string[]
beforeEach(async () => {
  errors = []
  dir = await mkdtemp(join(tmpdir(), 'chat-page-'))
  const bots = [{ token: TOKEN, username: 'clipferry_bot', firstName: 'Clipferry' }]
  server = createBotApi({ mode: 'cloud', dir, bots, flood: 'off', links: [SAMPLE] })
  people = server.cast
  bot = new Api(TOKEN, { apiRoot: await server.listen() })
})
afterEach(async () => {
  for (const context of browser.contexts()) await context.close()
  await server.close()
  await rm(dir, { recursive: true })
  expect(errors).toEqual([])
})

async function openPage(userId: number, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage()
  page.setDefaultTimeout(120_000)
  page.on('pageerror', (error) => errors.push(String(error)))
  // Refused scripts and styles are reported as errors of the console.
  page.on('console', (line) => {
    if (line.text().includes('Content Security Policy')) errors.push(line.text())
  })
  await page.goto(`${server.url}/playground/?user=${userId}`)
  await page.locator('.chat').first().waitFor({ state: 'attached' })
  return page
}

/** The text of the next message that people send to the bot. */
async function nextText(): Promise<string | undefined> {
  const [update] = await bot.getUpdates({ timeout: 60, limit: 1, allowed_updates: ['message'] })
  if (update) await bot.getUpdates({ offset: update.update_id + 1, timeout: 0, limit: 1 })
  return update?.message?.text
}

const bubbles = (page: Page) => page.locator('.message')

test('a pasted link reaches the bot, its ticket appears, is edited live and becomes a video that plays', async () => {
  const page = await openPage(people.alice.id)
  await page.getByRole('textbox').fill('https://example.org/watch?v=1')
  await page.keyboard.press('Enter')
  expect(await nextText()).toBe('https://example.org/watch?v=1')
  expect(await page.getByRole('textbox').inputValue()).toBe('')

  const ticket = await bot.sendMessage(people.alice.id, 'Waiting <b>3rd</b>', { parse_mode: 'HTML' })
  await bubbles(page).filter({ hasText: 'Waiting 3rd' }).locator('b').waitFor()
  await bot.editMessageText(people.alice.id, ticket.message_id, 'Fetching 63 %')
  await bubbles(page).filter({ hasText: 'Fetching 63 %' }).waitFor()
  await bot.sendChatAction(people.alice.id, 'upload_video')
  await page.getByText('sending video…').waitFor()

  const file = new InputFile(join(media, 'ready.mp4'))
  await bot.editMessageMedia(people.alice.id, ticket.message_id, {
    type: 'video',
    media: file,
    caption: 'Done',
    supports_streaming: true,
    width: 640,
    height: 360,
    duration: 8,
  })
  const video = page.locator('video')
  await video.waitFor()
  expect(await bubbles(page).count()).toBe(2)
  await video.evaluate((player: HTMLVideoElement) => {
    player.muted = true
    player.loop = true
    return player.play()
  })
  const playing = () =>
    page.waitForFunction(() => {
      const player = document.querySelector('video')
      return player && !player.paused && player.readyState >= 3 && player.currentTime > 0.2
    })
  await playing()

  // New words around it do not stop it.
  await bot.editMessageCaption(people.alice.id, ticket.message_id, { caption: 'Still playing' })
  await bubbles(page).filter({ hasText: 'Still playing' }).waitFor()
  expect(await video.evaluate((player: HTMLVideoElement) => player.paused)).toBe(false)
  await playing()
})

test('a button tells the bot, and its answer is shown: as a toast, or to be put away', async () => {
  const page = await openPage(people.boris.id)
  const buttons = [[{ text: 'Отмена', callback_data: 'cancel' }], [{ text: 'Почему', callback_data: 'why' }]]
  await bot.sendMessage(people.boris.id, 'В очереди', { reply_markup: { inline_keyboard: buttons } })
  const answer = async (text: string, alert: boolean) => {
    const [update] = await bot.getUpdates({ timeout: 60, limit: 1 })
    const query = update?.callback_query
    if (!query) throw new Error('no press arrived')
    await bot.getUpdates({ offset: update.update_id + 1, timeout: 0, limit: 1 })
    await bot.answerCallbackQuery(query.id, { text, show_alert: alert })
    return query.data
  }
  await page.getByRole('button', { name: 'Отмена' }).click()
  expect(await answer('Отменено', false)).toBe('cancel')
  await page.locator('#toast').filter({ hasText: 'Отменено' }).waitFor()
  await page.getByRole('button', { name: 'Почему' }).click()
  expect(await answer('Очередь длинная', true)).toBe('why')
  await page.getByRole('dialog').filter({ hasText: 'Очередь длинная' }).waitFor()
  await page.getByRole('button', { name: 'ОК', exact: true }).click()
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
})

test('what people and sites write stays text', async () => {
  const page = await openPage(people.alice.id)
  const nasty = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
  await bot.sendMessage(people.alice.id, nasty)
  await bubbles(page).filter({ hasText: nasty }).waitFor()
  expect(await bubbles(page).locator('img, script').count()).toBe(0)
  expect(await page.title()).toBe('Clipferry · chat')
})

test('the language follows the person, whose chats are their own', async () => {
  const page = await openPage(people.alice.id)
  await bot.sendMessage(people.alice.id, 'only for Alice')
  await bubbles(page).filter({ hasText: 'only for Alice' }).waitFor()
  await page.getByText('Борис').click()
  await page.getByRole('button', { name: 'СТАРТ' }).waitFor()
  expect(await page.getAttribute('html', 'lang')).toBe('ru')
  expect(await bubbles(page).count()).toBe(0)
  await bot.sendMessage(people.filmClub.id, 'for the club')
  await page.locator('.chat', { hasText: 'Film club' }).locator('.unread').waitFor()
  await page.locator('.chat', { hasText: 'Film club' }).click()
  await bubbles(page).filter({ hasText: 'for the club' }).waitFor()
})

test('START, sample links, deleting and blocking do what they say', async () => {
  const page = await openPage(people.chen.id)
  await page.getByRole('button', { name: 'START' }).click()
  expect(await nextText()).toBe('/start')
  await page.getByRole('button', { name: SAMPLE.name }).click()
  expect(await nextText()).toBe(SAMPLE.url)
  const first = bubbles(page).first()
  await first.hover()
  await first.getByRole('button', { name: 'Delete message' }).click()
  await vi.waitFor(async () => expect(await bubbles(page).count()).toBe(1), { timeout: 60_000 })
  await page.getByRole('button', { name: 'Block bot' }).click()
  await page.getByRole('button', { name: 'Unblock bot' }).waitFor()
  await expect(bot.sendMessage(people.chen.id, 'anybody there?')).rejects.toThrow(/blocked/)
  await page.getByRole('button', { name: 'Unblock bot' }).click()
  await page.getByRole('textbox').waitFor()
  await bot.sendMessage(people.chen.id, 'again')
  await bubbles(page).filter({ hasText: 'again' }).waitFor()
})

test('what is missed while the connection is down appears when it is back', async () => {
  const page = await openPage(people.alice.id)
  await page.route('**/playground/events*', (route) => route.abort())
  // The stream is cut by leaving and coming back as somebody whose stream cannot open yet.
  await page.getByText('Chen').click()
  await page.locator('#banner').filter({ hasText: 'lost' }).waitFor()
  await bot.sendMessage(people.chen.id, 'sent meanwhile')
  await page.unroute('**/playground/events*')
  await bubbles(page).filter({ hasText: 'sent meanwhile' }).waitFor()
  await page.locator('#banner').waitFor({ state: 'hidden' })
})

test('on a phone one sees a chat or the list of chats', async () => {
  const page = await openPage(people.alice.id, { viewport: { width: 390, height: 780 }, hasTouch: true })
  await page.getByRole('textbox').waitFor()
  expect(await page.locator('#chat-list').isVisible()).toBe(false)
  await page.getByRole('button', { name: 'Back to the chats' }).click()
  await page.locator('.chat', { hasText: 'Film club' }).click()
  await page.getByRole('heading', { name: 'Film club' }).waitFor()
  const overflows = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
  expect(overflows).toBe(false)
})
