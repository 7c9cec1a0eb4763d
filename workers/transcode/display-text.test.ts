import { expect, test } from 'vitest'
import { displayText } from './display-text.ts'

test.each<[string, string, string]>([
  ['plain', 'Night train', 'Night train'],
  ['lines and tabs', ' a\r\n\tb\u2028c ', 'a b c'],
  ['zero and bell', 'a\0b\x07c', 'abc'],
  ['bidi', 'photo\u202Egpj.exe\u2066\u200F', 'photogpj.exe'],
  ['decomposed', 'Cafe\u0301', 'Caf\u00e9'],
  ['half a character', 'a\uD800b', 'a\uFFFDb'],
  ['nothing visible', '\u200B\u200E \n', ''],
  ['Persian', 'سلام', 'سلام'],
])('%s', (_, text, shown) => {
  expect(displayText(text)).toBe(shown)
})

test('at most 200, cut between characters', () => {
  expect(displayText('x'.repeat(300))).toBe('x'.repeat(200))
  const flags = displayText(`x${'🇺🇦'.repeat(100)}`)
  expect(flags).toBe(`x${'🇺🇦'.repeat(49)}`)
})

test('a tower of marks keeps its letter', () => {
  expect(displayText(`Z${'\u0301\u0316'.repeat(500)}`).length).toBeLessThan(10)
})
