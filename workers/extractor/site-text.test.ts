import { expect, test } from 'vitest'
import { titleOf } from './site-text.ts'

test.each([
  ['html5', 'ferry-1', 'Ferry (1)', 'Ferry'],
  ['html5', 'ferry-2', 'Ferry (2)', 'Ferry (2)'],
  ['html5', 'ferry-1', ' (1)', 'ferry-1'],
  ['generic', 'ferry-1', 'Ferry (1)', 'Ferry (1)'],
  ['youtube', 'dQw4w9WgX-1', 'Ferry (1)', 'Ferry (1)'],
  ['generic', 'x', 'Two\nlines\u202egnihtyna', 'Two lines gnihtyna'],
  ['generic', 'x', '\u202e', 'x'],
  ['generic', 'x', null, 'x'],
])('%s %s %j is called %j', (extractor, id, title, called) => {
  expect(titleOf({ extractor, id, title })).toBe(called)
})
