import { expect, test } from 'vitest'
import { lastWords } from './last-words.ts'

test.each([
  [
    'ERROR: [generic] Unable to download webpage: https://a.b/c?d=e',
    'ERROR: [generic] Unable to download webpage: [link]',
  ],
  [
    "HTTPConnectionPool(host='a.b', port=443): Max retries exceeded with url: /watch?v=1&sig=abc (Caused by X)",
    "HTTPConnectionPool(host='a.b', port=443): Max retries exceeded with url: [path] (Caused by X)",
  ],
  ['cannot open www.site.example/watch/1?x=2', 'cannot open [link]'],
  ['/var/lib/clipferry/kept/K7QM2X-3/fetched.mp4: Invalid data found', '[path]: Invalid data found'],
  ["'/home/anna/.netrc' is readable by others", "'[path]' is readable by others"],
  ['Cookie: session=abc; other=def', 'Cookie: [secret]'],
  ['{"authorization": "Bearer abc"}', '{"authorization": [secret]'],
  ['bot 123456:AAAAAAAAAAAAAAAAAAAAAAAA', 'bot [token]'],
  ['watch?v=abc&t=1 is gone', 'watch[query] is gone'],
  [
    '\u001b[0;31mERROR:\u001b[0m Input/output error at 3 kbits/s, HTTP Error 403',
    'ERROR: Input/output error at 3 kbits/s, HTTP Error 403',
  ],
])('%s', (said, kept) => {
  expect(lastWords(said)).toEqual([kept])
})

test('the last lines only, and none too long', () => {
  const lines = lastWords(Array.from({ length: 50 }, (_, n) => `${n} ${'x'.repeat(1000)}`).join('\r\n\n'))
  expect(lines).toHaveLength(20)
  expect(lines.at(-1)).toMatch(/^49 x+$/)
  expect(Math.max(...lines.map(({ length }) => length))).toBe(240)
  expect(lastWords('')).toEqual([])
})
