import type { Browser, BrowserContextOptions, Page } from 'playwright-core'

export interface Visit {
  page: Page
  /** What broke in the page, and all that its console calls an error. */
  complaints: string[]
  /** The origins that were asked for anything, and those that answered. */
  asked: Set<string>
  answered: Set<string>
}

/** Opens an address as a new person, with a browser that remembers nothing. `patienceMs` is for every wait. */
export async function visit(
  browser: Browser,
  url: string,
  { patienceMs, ...options }: BrowserContextOptions & { patienceMs: number },
): Promise<Visit> {
  const context = await browser.newContext({ locale: 'en-GB', ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(patienceMs)
  const complaints: string[] = []
  const asked = new Set<string>()
  const answered = new Set<string>()
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (line) => {
    if (line.type() === 'error') complaints.push(line.text())
  })
  page.on('request', (request) => asked.add(new URL(request.url()).origin))
  page.on('response', (response) => answered.add(new URL(response.url()).origin))
  await page.goto(url)
  return { page, complaints, asked, answered }
}
