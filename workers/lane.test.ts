import { expect, test } from 'vitest'
import type { MediaFacts } from '../queues/media.ts'
import { createLane, isLong } from './lane.ts'

const MINUTE_S = 60
const facts = (durationS: number | null, v720: number | null): Pick<MediaFacts, 'durationS' | 'choices'> => ({
  durationS,
  choices: [
    { format: 'v720', codec: null, sizeBytes: v720 },
    { format: 'a-m4a', codec: null, sizeBytes: 5_000_000 },
  ],
})

test.each([
  ['a short clip', facts(3 * MINUTE_S, 20_000_000), 'v720', false],
  ['just short', facts(20 * MINUTE_S, 300_000_000), 'v720', false],
  ['long by time', facts(20 * MINUTE_S + 1, 20_000_000), 'v720', true],
  ['long by size', facts(3 * MINUTE_S, 300_000_001), 'v720', true],
  ['the sound of what is large', facts(3 * MINUTE_S, 900_000_000), 'a-m4a', false],
  ['a size that nobody knows', facts(3 * MINUTE_S, null), 'v720', false],
  ['a time that nobody knows', facts(null, 900_000_000), 'v720', true],
  ['a format that is not offered', facts(null, 900_000_000), 'v480', false],
  ['no facts at all', null, 'v720', false],
])('%s', (_, known, format, long) => {
  expect(isLong(known, format)).toBe(long)
})

test('long work leaves one place of several, and takes the only one', () => {
  const lane = createLane(3)
  expect([lane.take(), lane.take(), lane.take()]).toEqual([true, true, false])
  lane.leave()
  expect([lane.take(), lane.take()]).toEqual([true, false])
  expect(createLane(1).take()).toBe(true)
})
