import { expect, test } from 'vitest'
import { mediaIdOf } from './media-id.ts'

const LINK = 'https://example.com/page'
const idOf = (extractor: string, id: string, link = LINK) => mediaIdOf({ extractor, id }, link)

test.each([
  ['youtube', 'dQw4w9WgXcQ', 'youtube.dQw4w9WgXcQ'],
  ['Instagram', 'Cabc_-1', 'instagram.Cabc_-1'],
])('%s %s is %s', (extractor, id, expected) => expect(idOf(extractor, id)).toBe(expected))

test.each([
  ['twitch:vod', 'v1'],
  ['x', '../../etc/passwd'],
  ['x', 'a:b*c\n'],
  ['x', 'ид'],
  ['x', ''],
  ['x', 'a'.repeat(500)],
])('%s %j becomes a name that fits', (extractor, id) => {
  expect(idOf(extractor, id)).toMatch(/^[A-Za-z0-9_-]{1,60}\.[A-Za-z0-9_-]{1,100}$/)
})

test('what had to be changed stays different', () => {
  const ids = ['a/b', 'a:b', 'a-b', 'a b', `${'a'.repeat(100)}1`, `${'a'.repeat(100)}2`]
  expect(new Set(ids.map((id) => idOf('x', id))).size).toBe(ids.length)
})

test.each(['generic', 'html5', 'Generic', 'generic:quoted-html'])(
  '%s calls a file name an id: the link decides',
  (extractor) => {
    expect(idOf(extractor, 'clip')).toBe(idOf('generic', 'other'))
    expect(idOf(extractor, 'clip')).not.toBe(idOf(extractor, 'clip', 'https://example.org/page'))
  },
)
