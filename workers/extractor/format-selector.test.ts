import { expect, test } from 'vitest'
import { formatSelector } from './format-selector.ts'

const chain = (format: string) => formatSelector(format).split('/')

test('a height: what plays everywhere first, the height before the codec, and anything in the end', () => {
  expect(chain('v720')).toEqual([
    'bv*[height=720][vcodec^=avc1]+ba[acodec^=mp4a]',
    'b[height=720][vcodec^=avc1]',
    'bv*[height=720]+ba',
    'b[height=720]',
    'bv*[height=720]',
    'bv*[height<=720][vcodec^=avc1]+ba[acodec^=mp4a]',
    'b[height<=720][vcodec^=avc1]',
    'bv*[height<=720]+ba',
    'b[height<=720]',
    'bv*[height<=720]',
    'bv*+ba',
    'b',
    'bv*',
    'b*',
  ])
})

test('nobody knows the height: the best there is', () => {
  expect(chain('vbest')).toEqual(['bv*+ba', 'b', 'bv*', 'b*'])
})

test.each([
  ['a-m4a', 'ba[acodec^=mp4a]'],
  ['a-mp3', 'ba[acodec^=mp3]'],
])('%s: its codec, any audio, or the sound of a small video', (format, first) => {
  expect(chain(format)).toEqual([first, 'ba', 'b[height<=480]', 'b', 'ba*', 'b*'])
})

test.each(['v720', 'v4320', 'vbest', 'a-m4a', 'a-mp3'])('%s never ends at a codec or a height', (format) => {
  expect(chain(format).at(-1)).toBe('b*')
})

test('what is no format id never becomes a selector', () => {
  expect(() => formatSelector('v720]/b[url^=x')).toThrow(RangeError)
})
