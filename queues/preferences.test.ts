import { expect, test } from 'vitest'
import type { FormatId } from './media.ts'
import { choiceFor } from './preferences.ts'

const TABLE: [string, FormatId[], FormatId | null, FormatId | null][] = [
  ['one choice needs no question', ['a-mp3'], null, 'a-mp3'],
  ['one choice, whatever the person prefers', ['vbest'], 'v720', 'vbest'],
  ['no preference: ask', ['v720', 'v480', 'a-m4a'], null, null],
  ['the preferred one is there', ['v720', 'v480', 'a-m4a'], 'v480', 'v480'],
  ['the next lower height', ['v1080', 'v480', 'a-m4a'], 'v720', 'v480'],
  ['all are higher: the lowest', ['v1080', 'v720', 'a-m4a'], 'v480', 'v720'],
  ['best of all', ['v1080', 'v720'], 'vbest', 'v1080'],
  ['an unknown height counts as fitting', ['vbest', 'a-m4a'], 'v720', 'vbest'],
  ['audio preferred and there', ['v720', 'a-m4a', 'a-mp3'], 'a-mp3', 'a-mp3'],
  ['audio preferred, none there: ask', ['v720', 'v480'], 'a-mp3', null],
  ['video preferred, only audio there: ask', ['a-m4a', 'a-mp3'], 'v720', null],
]

test.each(TABLE)('%s', (_, formats, preference, expected) => {
  const choices = formats.map((format) => ({ format, codec: null, sizeBytes: null }))
  expect(choiceFor(choices, preference)).toBe(expected)
})
