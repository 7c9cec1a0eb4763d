import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWebWithDatabase } from './testing/web-with-database.ts'

let web: Awaited<ReturnType<typeof startWebWithDatabase>>
beforeAll(async () => {
  web = await startWebWithDatabase()
})
afterAll(() => web?.close())

const AD = {
  name: 'Books',
  message: 'Read more.',
  buttonText: 'Open',
  buttonUrl: 'https://books.example/a?b=c',
}

test('the form of an ad that is refused keeps what was typed, and says which field was wrong', async () => {
  await web.postJson('/ads', AD)
  const typed = { ...AD, name: 'Typed <b>', message: 'Typed too', weight: '3', isActive: 'on' }
  const post = async (path: string, form: Record<string, string>) => {
    const answer = await web.post(`/analytics/ads${path}`, form, web.admin)
    return [answer.status, await answer.text()] as const
  }
  const formOf = (page: string, path: string) =>
    page.match(
      new RegExp(
        `<details open><summary>[^<]*</summary>\\s*<form method="post" action="/analytics/ads${path}".*?</form>`,
        's',
      ),
    )?.[0]
  for (const path of ['', '/1']) {
    const [status, page] = await post(path, { ...typed, buttonUrl: 'javascript:alert(1)' })
    expect(status).toBe(400)
    // The form that was sent is open, and no other one.
    expect(page.match(/<details open>/g)).toHaveLength(1)
    const form = formOf(page, path)
    for (const text of [
      'Typed &lt;b&gt;',
      '>Typed too<',
      '<strong>Where the button leads</strong>',
      'isActive" checked',
    ])
      expect(form).toContain(text)
    expect(form).toMatch(/value="javascript:alert\(1\)"[^>]*aria-invalid="true"/)
    expect(form?.match(/aria-invalid/g)).toHaveLength(1)
  }
  const [, twice] = await post('/1', { ...AD, weight: 'many', name: '' })
  expect(twice).toContain('<strong>Name (for us); Weight</strong>')
  expect(formOf(twice, '/1')).toMatch(/name="weight"[^>]*value="many"/)
  expect(formOf(twice, '/1')).not.toContain('checked')
  expect((await post('', {}))[0]).toBe(400)
})

test('the form of an experiment that is refused keeps what was typed, and says which field was wrong', async () => {
  const post = async (fields: [string, string][], language = 'en') => {
    const headers = { Origin: web.origin, 'Accept-Language': language, ...web.admin }
    const answer = await fetch(`${web.origin}/analytics/experiments`, {
      ...{ method: 'POST', redirect: 'manual', headers },
      body: new URLSearchParams(fields),
    })
    return [answer.status, await answer.text()] as const
  }
  const variant = (name: string, share: string, config: string): [string, string][] => [
    ['variantName', name],
    ['variantShare', share],
    ['variantConfig', config],
  ]
  const typed: [string, string][] = [
    ['name', 'free-files'],
    ['description', 'Is <15> better?'],
    ['subject', 'free_downloads'],
    ['goal', 'user_referred'],
    ['plannedSize', '777'],
    ...variant('ten', '51', '{"free": 10}'),
    ...variant('more', '49', '{"free": many}'),
    ...variant('', '', ''),
  ]
  const [status, page] = await post(typed)
  expect(status).toBe(400)
  expect(page).toContain('<strong>Variant 2: What it gets, as JSON</strong>')
  expect((await post(typed, 'ru'))[1]).toContain('<strong>Вариант 2: Что он получает, в JSON</strong>')
  for (const [, value] of typed)
    expect(page).toContain(value.replaceAll('"', '&quot;').replace('<15>', '&lt;15&gt;'))
  expect(page).toContain('<option value="user_referred" selected>')
  expect(page.match(/aria-invalid="true"/g)).toHaveLength(1)
  expect(page).toMatch(/value="{&quot;free&quot;: many}"[^>]*aria-invalid/)
  expect((await web.read('/experiments')).experiments).toEqual([])

  await web.postJson('/experiments', {
    ...{ name: 'taken', subject: 'buttons', goal: 'user_referred' },
    variants: ['a', 'b'].map((name) => ({ name, share: 50 })),
  })
  const again = typed.map(([name, value]): [string, string] => [
    name,
    value === 'free-files' ? 'taken' : value.replace('many', '15'),
  ])
  const [conflict, second] = await post(again)
  expect([conflict, second]).toEqual([409, expect.stringContaining('This name is taken')])
  expect(second).toMatch(/value="taken"[^>]*aria-invalid/)
  expect(second).toContain('Is &lt;15&gt; better?')
  expect((await post([]))[1]).toContain('This cannot be taken')
})
