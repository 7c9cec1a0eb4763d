import { parse } from 'csv-parse/sync'
import { expect, test } from 'vitest'
import { toCsv } from './csv.ts'

test('lines end as RFC 4180 has it, and what needs quotes has them', () => {
  const rows = [
    { site: 'youtube', files: 3 },
    { site: 'a "b", c', files: 0.25 },
    { site: 'two\nlines', files: null },
  ]
  expect(toCsv(['site', 'files'], rows)).toBe(
    'site,files\r\nyoutube,3\r\n"a ""b"", c",0.25\r\n"two\nlines",\r\n',
  )
})

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '=HYPERLINK("http://a","b")', '＝1', '＠x'])(
  '%j is no formula for a spreadsheet',
  (text) => {
    expect(parse(toCsv(['name'], [{ name: text }]))).toEqual([['name'], [`'${text}`]])
  },
)

test('the names of columns are no formulas either, and a negative number stays one', () => {
  const csv = toCsv(['=x', 'change'], [{ '=x': 'a=b', change: -0.5 }])
  expect(csv).toBe("'=x,change\r\na=b,-0.5\r\n")
})

test('without rows there are the names of the columns', () => {
  expect(toCsv(['a', 'b'], [])).toBe('a,b\r\n')
})

test('with a byte order mark, for Excel; without one otherwise', () => {
  expect(toCsv(['a'], [{ a: 'é' }], true)).toBe('﻿a\r\né\r\n')
  expect(toCsv(['a'], [{ a: 'é' }])).toBe('a\r\né\r\n')
})

test('truth is a word, a list is JSON, and what is missing is empty', () => {
  expect(toCsv(['a', 'b', 'c'], [{ a: true, b: [1, 2] }])).toBe('a,b,c\r\ntrue,"[1,2]",\r\n')
})
