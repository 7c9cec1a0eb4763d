import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FAILURES } from '../../../queues/failure.ts'
import { MESSAGES, type MessageKey } from './message-keys.ts'
import { createMessages } from './messages.ts'

const LOCALES = ['en', 'ru'] as const
const wanted: Record<string, readonly string[]> = {
  ...MESSAGES,
  ...Object.fromEntries(Object.keys(FAILURES).map((code) => [`failure-${code}`, []])),
}
const messages = createMessages()

/** Key -> the variables that its text names. */
function textsOf(locale: string): Map<string, string[]> {
  const source = readFileSync(new URL(`locales/${locale}.ftl`, import.meta.url), 'utf8')
  const entries = source.split(/^(?=[a-z])/m).slice(1)
  return new Map(
    entries.map((entry) => [
      entry.split(' =', 1)[0] ?? '',
      [...new Set([...entry.matchAll(/\$(\w+)/g)].map((match) => match[1] ?? ''))].sort(),
    ]),
  )
}

/** Formats a key whatever its variables: what the compiler forbids to callers, a table test needs. */
const format = (locale: 'en' | 'ru', key: string, params: Record<string, string | number | null>) =>
  (messages.text as (l: string, k: string, p: typeof params) => string)(locale, key, params)

describe.each(LOCALES)('the texts in %s', (locale) => {
  const texts = textsOf(locale)

  it('are all there, and no others', () => {
    expect([...texts.keys()].sort()).toEqual(Object.keys(wanted).sort())
  })

  it.each(Object.entries(wanted))('%s names its variables and can be formatted', (key, variables) => {
    const optional = variables.filter((name) => name.endsWith('?')).map((name) => name.slice(0, -1))
    const names = variables.map((name) => name.replace('?', ''))
    expect(texts.get(key)).toEqual(names.sort())
    for (const value of [1, 2, 5, 21, 'word', null]) {
      const params = Object.fromEntries(
        names.map((name) => [name, value === null && !optional.includes(name) ? 7 : value]),
      )
      const text = format(locale, key, params)
      expect(text).not.toBe('')
      expect(text).not.toMatch(/unknown|undefined|\{|\}/)
      if (key.startsWith('toast-')) expect(text.length).toBeLessThanOrEqual(200)
      if (key.startsWith('command-')) expect(text.length).toBeLessThanOrEqual(256)
    }
  })
})

it('uses every text somewhere', () => {
  const root = new URL('../../../', import.meta.url).pathname
  const sources = globSync('{workers,src/bot,src/web,src/shared}/**/*.ts', { cwd: root })
    .filter((file) => !file.endsWith('.test.ts') && !file.endsWith('message-keys.ts'))
    .map((file) => readFileSync(`${root}${file}`, 'utf8'))
    .join('\n')
  const used = (key: string) => [`'${key}'`, `\`${key}\``].some((quoted) => sources.includes(quoted))
  expect(Object.keys(MESSAGES).filter((key) => !used(key))).toEqual([])
})

it('counts as Russians do', () => {
  const count = (n: number) => messages.text('ru', 'cancel-done', { count: n })
  expect([1, 2, 5, 11, 21, 22].map(count)).toEqual([
    'Отменяю 1 запрос.',
    'Отменяю 2 запроса.',
    'Отменяю 5 запросов.',
    'Отменяю 11 запросов.',
    'Отменяю 21 запрос.',
    'Отменяю 22 запроса.',
  ])
})

it('shows a title as one line that turns nothing around', () => {
  const title = `a\n\u202eb\u2066\u0000 ${'x'.repeat(1000)}`
  const shown = messages.text('en', 'ticket-choose', { title, duration: null })
  expect(shown.split('\n')[0]).toMatch(/^\u2068a b x+\u2069$/u)
  expect(shown.length).toBeLessThan(400)
  expect(messages.text('en', 'ticket-choose', { title: '{ $ticket } { help }', duration: '1:00' })).toContain(
    '{ $ticket } { help }',
  )
})

it('refuses a key that no locale has', () => {
  const key: MessageKey = 'failure-no_such_code'
  expect(() => messages.text('ru', key)).toThrow(/failure-no_such_code/)
})
