import { afterAll, beforeAll, expect, test } from 'vitest'
import { addDays } from '../shared/metrics/days.ts'
import { ENDPOINTS } from './stats/endpoints.ts'
import { startWebWithDatabase } from './testing/web-with-database.ts'

let web: Awaited<ReturnType<typeof startWebWithDatabase>>
beforeAll(async () => {
  web = await startWebWithDatabase()
})
afterAll(() => web?.close())

const get = (path: string) => web.get(path, web.viewer)

const day = (days: number) => addDays('2026-05-01', days)
const ofDays: [string, RegExp][] = [
  ['from=2026-02-30', /^from must be a day/],
  ['from=yesterday', /^from must be a day/],
  ['to=2026-5-1', /^to must be a day/],
  ['to=2026-05-01T00:00:00Z', /^to must be a day/],
  ['from=0001-01-01', /^from must be from 2015/],
  ['to=9999-01-01', /^to must be from 2015/],
  [`from=${day(1)}&to=${day(0)}`, /^from \(2026-05-02\) is after to \(2026-05-01\)$/],
  [`from=${day(0)}&to=${day(400)}`, /^these are 401 days: ask for 400 at most$/],
  [`from=${day(0)}&from=${day(1)}`, /^from is given more than once$/],
  ['from[]=2026-05-01', /no parameter "from\[\]"/],
  ["from=2026-05-01'--", /^from must be a day/],
]
const ofFilters: Record<string, [string, RegExp][]> = {
  bot: [
    ['bot=a%00b', /^bot must be/],
    ['bot=a&bot=b', /^bot is given more than once/],
    [`bot=${'x'.repeat(65)}`, /^bot must be/],
    ["bot=' OR 1=1", /^bot must be/],
  ],
  source: [['source=google', /^source must be organic, referral or campaign/]],
  platform: [
    ['platform=you tube', /^platform must be/],
    ['platform=<script>', /^platform must be/],
  ],
}
const limits = (name: string, most: number): [string, RegExp][] => [
  [`${name}=0`, new RegExp(`^${name} must be from 1 to ${most}`)],
  [`${name}=${most + 1}`, new RegExp(`^${name} must be from 1 to ${most}`)],
  [`${name}=-1`, new RegExp(`^${name} must be a whole number`)],
  [`${name}=1.5`, new RegExp(`^${name} must be a whole number`)],
  [`${name}=0x10`, new RegExp(`^${name} must be a whole number`)],
  [`${name}=%20`, new RegExp(`^${name} must be a whole number`)],
  [`${name}=1e9`, new RegExp(`^${name} must be a whole number`)],
  [`${name}=1&${name}=2`, new RegExp(`^${name} is given more than once`)],
]
const unknown: [string, RegExp][] = [
  ['sort=1', /^there is no parameter "sort"/],
  ['__proto__=1', /^there is no parameter "__proto__"/],
  ['constructor=1', /^there is no parameter "constructor"/],
  ['FROM=2026-05-01', /^there is no parameter "FROM"/],
  ['=1', /^there is no parameter ""/],
  [`${'y'.repeat(3000)}=1`, /^there is no parameter "y{40}"/],
]

test.each(ENDPOINTS.map(({ id, takes }) => [id, takes] as const))('%s', async (id, takes) => {
  const expected: [string, RegExp][] = [...unknown]
  if (takes.includes('from')) expected.push(...ofDays)
  for (const filter of ['bot', 'source', 'platform'] as const)
    if (takes.includes(filter)) expected.push(...(ofFilters[filter] ?? []))
    else expected.push([`${filter}=organic`, new RegExp(`^this cannot be told by ${filter}: it takes`)])
  if (takes.includes('limit')) expected.push(...limits('limit', 1000))
  else expected.push(['limit=5', /^there is no parameter "limit"/])
  if (takes.includes('days')) expected.push(...limits('days', 92))
  else expected.push(['days=5', /^there is no parameter "days"/])
  // A file reads its parameters in the same way: some of each kind are enough.
  const asFile = expected.filter((_, i) => i % 6 === 0)
  for (const [suffix, cases] of [
    ['', expected],
    ['.csv', asFile],
  ] as const)
    for (const [query, reason] of cases) {
      const response = await get(`/stats/${id}${suffix}?${query}`)
      const { error } = await response.json()
      expect([query, response.status, error]).toEqual([query, 400, expect.stringMatching(reason)])
      expect(response.headers.get('content-type')).toContain('application/json')
    }
  // Only a file has it.
  expect((await get(`/stats/${id}?bom=1`)).status).toBe(400)
  expect((await get(`/stats/${id}.csv?bom=2`)).status).toBe(400)
})

test('all problems of a request are said at once', async () => {
  const response = await get('/stats/top-media?from=x&limit=0&sort=up')
  const { error } = await response.json()
  expect(response.status).toBe(400)
  for (const name of ['from', 'limit', 'sort']) expect(error).toContain(name)
})

test('an empty field of a form is not given', async () => {
  expect((await get('/stats/platform-downloads?from=&to=&bot=&source=&platform=&limit=')).status).toBe(200)
})

test.each([
  '/stats',
  '/stats/',
  '/stats/nothing',
  '/stats/funnel/',
  '/stats/FUNNEL.CSV',
  '/stats/__proto__',
  '/stats/funnel.xml',
])('%s is not there, or is what it looks like', async (path) => {
  const response = await get(path)
  expect([200, 404]).toContain(response.status)
  if (response.status === 404)
    expect(await response.json()).toEqual({ error: 'there is nothing of this name' })
})
