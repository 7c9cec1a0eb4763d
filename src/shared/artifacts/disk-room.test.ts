import { readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { testDir } from '../../playground/testing/services.ts'
import { createDiskRoom, type Room } from './disk-room.ts'
import { createProductionFolders } from './production-folders.ts'

const MB = 1_000_000

/** Processes that share a folder on a disk that has so much free, whatever they write in the test. */
async function disk(freeBytes: number) {
  const dir = await testDir()
  const folders = { ...createProductionFolders(dir), freeBytes: async () => freeBytes }
  const processes = [createDiskRoom(dir, folders), createDiskRoom(dir, folders)] as const
  const want = (bytes: number, production = 'P-1') => ({
    ...{ production, run: 'fetch-1', bytes, keepFreeBytes: 10 * MB },
  })
  return { dir, folders, processes, want, promises: () => readdir(join(dir, 'reserved')) }
}

test('room is promised once, over all processes, until it is given back', async () => {
  const { processes, want, promises } = await disk(110 * MB)
  const [one, other] = processes
  const room = await one.reserve(want(60 * MB))
  expect(await other.reserve(want(60 * MB, 'P-2'))).toBeNull()
  const small = await other.reserve(want(40 * MB, 'P-3'))
  expect(await promises()).toHaveLength(2)
  await room?.release()
  await small?.release()
  expect(await promises()).toEqual([])
  expect(await other.reserve(want(100 * MB, 'P-2'))).not.toBeNull()
})

test('of many who ask at once, never more get room than there is', async () => {
  const { processes, want } = await disk(110 * MB)
  const asked = Array.from({ length: 20 }, (_, n) => processes[n % 2]?.reserve(want(30 * MB, `P-${n}`)))
  const rooms = (await Promise.all(asked)).filter((room): room is Room => room !== null)
  expect(rooms.length).toBeLessThanOrEqual(3)
  for (const room of rooms) await room.release()
  expect(await processes[0].reserve(want(100 * MB))).not.toBeNull()
})

test('what a run has written is not free any more, and is not counted a second time', async () => {
  const { folders, processes, want } = await disk(110 * MB)
  const [one, other] = processes
  await one.reserve(want(60 * MB))
  const work = await folders.workDir('P-1', 'fetch-1')
  await writeFile(join(work, 'part'), Buffer.alloc(50 * MB))
  expect(await other.reserve(want(90 * MB, 'P-2'))).not.toBeNull()
  expect(await other.reserve(want(1 * MB, 'P-3'))).toBeNull()
})

test('a promise that nobody touches any more does not count, and is swept', async () => {
  const { dir, processes, want, promises } = await disk(110 * MB)
  const [one, other] = processes
  await one.reserve(want(100 * MB))
  const [name = ''] = await promises()
  for (const ageS of [120, -120]) {
    const at = Date.now() / 1000 - ageS
    await utimes(join(dir, 'reserved', name), at, at)
    const room = await other.reserve(want(100 * MB, 'P-2'))
    expect(room, `${ageS} s old`).not.toBeNull()
    await room?.release()
  }
  const at = Date.now() / 1000 - 120
  await utimes(join(dir, 'reserved', name), at, at)
  await other.sweep(3600_000)
  expect(await promises()).toEqual([])
})

test('a file that is no promise counts for nothing', async () => {
  const { dir, processes, want } = await disk(110 * MB)
  const room = await processes[0].reserve(want(1 * MB))
  await writeFile(join(dir, 'reserved', 'P-9.fetch-1.x'), '')
  expect(await processes[1].reserve(want(90 * MB, 'P-2'))).not.toBeNull()
  await room?.release()
})
