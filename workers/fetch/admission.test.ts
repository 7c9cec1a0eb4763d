import { pino } from 'pino'
import { expect, test } from 'vitest'
import type { RoomRequest } from '../../src/shared/artifacts/disk-room.ts'
import { Postpone } from '../postpone.ts'
import { admit, roomFor } from './admission.ts'

const MB = 1_000_000
const WANTED = { production: 'P-1', run: 'fetch-1', maxFileBytes: 200 * MB, reserveBytes: 7 }
const log = pino({ level: 'silent' })
const now = () => ({ attempt: 1, addedAtMs: Date.now(), log })

test.each([
  [100 * MB, 200 * MB, 220 * MB],
  ['unknown', 200 * MB, 44 * MB],
  ['unknown', 10 * MB, 22 * MB],
  // What a site says of itself is no reason to refuse: the limit ends it.
  [5000 * MB, 200 * MB, 440 * MB],
])('%s bytes, %d at most, may take %d', (expected, max, room) => {
  expect(roomFor(expected === 'unknown' ? null : Number(expected), max)).toBeCloseTo(room)
})

test('room is asked for, and handed on to be released', async () => {
  const asked: RoomRequest[] = []
  const room = { release: async () => undefined }
  const reserve = async (request: RoomRequest) => {
    asked.push(request)
    return room
  }
  expect(await admit({ reserve }, { ...WANTED, expectedBytes: 10 * MB }, now())).toBe(room)
  expect(asked).toMatchObject([{ production: 'P-1', run: 'fetch-1', keepFreeBytes: 7 }])
})

test('without room the job waits, and after an hour the reason is told', async () => {
  const full = { reserve: async () => null }
  await expect(admit(full, { ...WANTED, expectedBytes: null }, now())).rejects.toBeInstanceOf(Postpone)
  const anHourAgo = { ...now(), addedAtMs: Date.now() - 3601_000 }
  await expect(admit(full, { ...WANTED, expectedBytes: null }, anHourAgo)).rejects.toMatchObject({
    code: 'disk_full',
  })
})
