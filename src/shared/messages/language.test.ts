import { expect, it } from 'vitest'
import { languageOf } from './language.ts'

it.each([
  ['ru', 'ru'],
  ['ru-RU', 'ru'],
  ['RU', 'ru'],
  ['be', 'ru'],
  ['kk', 'ru'],
  ['en', 'en'],
  ['en-US', 'en'],
  ['uk', 'en'],
  ['de', 'en'],
  ['pt-br', 'en'],
  ['run', 'en'],
  ['', 'en'],
  [undefined, 'en'],
])('reads %s as %s', (code, language) => {
  expect(languageOf(code)).toBe(language)
})
