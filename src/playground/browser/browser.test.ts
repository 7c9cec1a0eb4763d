import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { STAGE_NAMES } from '../../../queues/pipeline.ts'
import { PATIENCE_MS, runningStack } from '../conversations/running-stack.ts'
import { findTools } from '../tools.ts'
import { visit } from './visit.ts'

const { stack, world, person, link } = await runningStack()
const { chatUrl = '', webUrl, adminPassword } = stack
/** Shorter than a test may take, so that what fails is the wait that has waited in vain. */
const patience = { patienceMs: PATIENCE_MS / 2 }

let browser: Browser
beforeAll(async () => {
  const { chromiumPath } = findTools()
  if (!chromiumPath) throw new Error('Chromium is missing: npm test gets it')
  browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] })
}, PATIENCE_MS)
afterAll(() => browser?.close(), PATIENCE_MS)

const messages = (page: Page) => page.locator('.message')
const key = (page: Page, name: string | RegExp) => messages(page).last().getByRole('button', { name })

async function type(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox').fill(text)
  await page.keyboard.press('Enter')
}

/** Plays the video of the page; returns its height once it runs. */
async function play(page: Page): Promise<number> {
  const video = page.locator('video')
  // Without a gesture, browsers play only what makes no sound.
  await video.evaluate((player: HTMLVideoElement) => {
    player.muted = true
    return player.play()
  })
  await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 1)
  return video.evaluate(({ videoHeight }: HTMLVideoElement) => videoHeight)
}

describe('the chat page', { timeout: PATIENCE_MS }, () => {
  test.each([
    { by: 'a sample', user: 'Alice', send: (page: Page) => page.getByText('Harbour at dawn').click() },
    { by: 'typing it', user: 'Chen', send: (page: Page) => type(page, link('/watch/hls')) },
  ])('a link, sent by $by, becomes a video of the chosen height that plays', async ({ user, send }) => {
    const { page, complaints, asked } = await visit(browser, `${chatUrl}/playground/`, patience)
    await page.getByText(user).click()
    await page.getByRole('button', { name: 'START' }).waitFor()
    await send(page)
    await messages(page).filter({ hasText: 'What would you like?' }).waitFor()
    await key(page, /480p/).click()
    await page.locator('video').waitFor()
    expect(await play(page)).toBe(480)
    // The ticket has become the video: the link, and one answer without buttons.
    expect(await messages(page).count()).toBe(2)
    expect(await page.locator('.key').count()).toBe(0)
    expect(complaints).toEqual([])
    expect([...asked]).toEqual([chatUrl])
    await page.context().close()
  })

  test('a slow link shows how far it is, and can be cancelled; the bot speaks Russian to Борис', async () => {
    const { page, complaints, asked } = await visit(browser, `${chatUrl}/playground/`, patience)
    await page.getByText('Борис').click()
    await page.getByRole('button', { name: 'СТАРТ' }).click()
    await messages(page).filter({ hasText: 'Привет! Пришлите ссылку' }).waitFor()
    // It would take minutes: nothing but the button ends it.
    await type(page, link('/watch/slow?bytesPerSecond=30000'))
    await messages(page).filter({ hasText: 'Что прислать?' }).waitFor()
    await key(page, 'Видео').click()
    const percent = async (otherThan?: string) => {
      const found = await page.waitForFunction((old) => {
        const words = [...document.querySelectorAll('.message .words')].at(-1)?.textContent ?? ''
        const now = /Скачиваю: (\d+)%/.exec(words)?.[1]
        return now !== old && now
      }, otherThan)
      return String(await found.jsonValue())
    }
    const first = await percent()
    expect(Number(await percent(first))).toBeGreaterThan(Number(first))
    await key(page, 'Отменить').click()
    await messages(page).last().filter({ hasText: 'Отменено.' }).waitFor()
    expect(await page.locator('.key').count()).toBe(0)
    expect(complaints).toEqual([])
    expect([...asked]).toEqual([chatUrl])
    await page.context().close()
  })
})

describe('the dashboard', { timeout: PATIENCE_MS }, () => {
  test('from the login over the stages to a job that tells nothing about its person, and out', async () => {
    const { user, ask } = person()
    const asking = ask(link('/watch/clip-19'))
    await asking.press(/Video/)
    await asking.untilMedia()

    const { page, complaints, answered } = await visit(browser, webUrl, patience)
    const logIn = async (password: string) => {
      await page.getByLabel('Password').fill(password)
      await page.getByRole('button', { name: 'Log in' }).click()
    }
    await logIn('not the password')
    await page.getByRole('alert').filter({ hasText: 'wrong' }).waitFor()
    expect(complaints.splice(0)).toEqual([expect.stringContaining('401')])
    await logIn(adminPassword)
    await page.getByRole('heading', { name: 'Stages' }).waitFor()
    await page.getByText('Ready: every stage answers.').waitFor()
    expect(await page.getByRole('rowheader').allTextContents()).toEqual(STAGE_NAMES)
    expect(complaints).toEqual([])

    await page.getByRole('link', { name: 'Open the queues' }).click()
    const queues = page.getByRole('navigation').getByRole('link')
    for (const name of STAGE_NAMES) await queues.filter({ hasText: name }).first().waitFor()
    for (const name of ['fetch', 'send']) {
      await queues.filter({ hasText: name }).first().click()
      await page.getByRole('link', { name: /completed/i }).click()
      await page.locator(`a[href*="/queue/${name}/"]`).first().click()
      for (const tab of ['Progress', 'Options', 'Logs', 'Error', 'Data']) {
        await page.getByRole('tab', { name: tab }).click()
        await page.getByRole('tabpanel', { name: tab }).waitFor()
        if (tab === 'Data') await page.getByText('returnValue').waitFor()
        const told = await page.locator('body').innerHTML()
        for (const secret of [world.firstBot().token, link(''), 'Clip 19', String(user.id)])
          expect(told).not.toContain(secret)
      }
    }
    const icon = page.locator('header svg .rds-b1').first()
    expect(await icon.evaluate((node) => getComputedStyle(node).fill)).not.toBe('rgb(0, 0, 0)')
    // Bull Board would like fonts from elsewhere, and its waiting picture has styles: both are refused.
    const refused = /^(Loading the stylesheet 'https:\/\/fonts\.googleapis\.com|Applying inline style )/
    expect(complaints.filter((complaint) => !refused.test(complaint))).toEqual([])
    expect([...answered]).toEqual([webUrl])

    await page.getByRole('banner').getByRole('button').last().click()
    await page.getByText('Stages', { exact: true }).click()
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.getByLabel('Password').waitFor()
    await page.goto(`${webUrl}/queues`)
    await page.getByLabel('Password').waitFor()
    await page.context().close()
  })
})
