import { expect } from 'vitest'
import { z } from 'zod'
import { FILES, PAGES } from '../media-site/catalogue.ts'

/** Stages whose every job belongs to one request. */
const OF_ONE_REQUEST = new Set([
  ...['inspect', 'fetch', 'transcode', 'upload', 'publish', 'send', 'notify', 'aftercare'],
])

const Line = z.object({
  stage: z.string().optional(),
  job: z.string().optional(),
  ticket: z.string().optional(),
})

/**
 * No token, no link and no title in what a whole run has logged; every line about a job says whose it is; and nobody
 * had to be helped on.
 */
export function expectCleanLogs(logs: string, { botToken, origin }: { botToken: string; origin: string }) {
  const lines = logs.split('\n').filter(Boolean)
  expect(lines.length).toBeGreaterThan(10)
  const secrets = [
    botToken,
    botToken.split(':')[1] ?? botToken,
    new URL(origin).host,
    '/watch/',
    ...Object.keys(FILES),
    ...Object.values(PAGES).map(({ title }) => title),
  ]
  expect(lines.filter((line) => secrets.some((secret) => line.includes(secret)))).toEqual([])
  const withoutTicket = lines.filter((line) => {
    const { stage, job, ticket } = Line.parse(JSON.parse(line))
    return job !== undefined && OF_ONE_REQUEST.has(stage ?? '') && ticket === undefined
  })
  expect(withoutTicket).toEqual([])
  // Whatever the reconciler had to mend had fallen into a gap that must not be there.
  expect(lines.filter((line) => line.includes('"msg":"mended"'))).toEqual([])
}
