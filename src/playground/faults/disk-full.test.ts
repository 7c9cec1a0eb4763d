import { execFileSync } from 'node:child_process'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { processesIn } from '../testing/processes-in.ts'
import { testDir } from '../testing/services.ts'
import { untilSettled } from './expect-settled.ts'
import { type Ask, isTold, mediaFor } from './people.ts'
import { productOfItsOwn } from './product-of-its-own.ts'

const MB = 1_000_000
const DISK_MB = 120
const RESERVE_MB = 20
/** A slow file of unknown size takes so much room: see workers/fetch/admission.ts. */
const ROOM_MB = 44
const SOON = { timeout: 120_000, interval: 50 }

const mount = (dir: string) =>
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB * MB},mode=700`, 'clipferry-test', dir], {
    stdio: 'pipe',
  })
const unmount = (dir: string) => execFileSync('umount', ['--lazy', dir])

/** Only root may mount, and not in every container. */
async function canMount(): Promise<boolean> {
  const dir = await testDir()
  try {
    mount(dir)
    unmount(dir)
    return true
  } catch {
    console.warn('disk-full.test.ts is skipped: this user may not mount a small disk')
    return false
  }
}

describe.skipIf(!(await canMount()))('on a small disk', { timeout: 240_000 }, async () => {
  const product = await productOfItsOwn({
    workers: { fetch: 2 },
    env: { DISK_RESERVE_MB: String(RESERVE_MB), MAX_FILE_MB: '500', CONCURRENCY_FETCH: '2' },
    prepare(dir) {
      mount(dir)
      afterAll(() => void unmount(dir))
    },
  })
  const { world, mediaSite, stack, artifactsDir, state } = product
  const ballast = join(artifactsDir, 'ballast')
  const fillUpTo = (freeMb: number) => writeFile(ballast, Buffer.alloc((DISK_MB - freeMb) * MB))
  const ask = async (path: string): Promise<Ask> => (await product.person()).ask(mediaSite.origin, path)
  const hasMedia = (one: Ask) => expect.poll(() => mediaFor(world, one).length, SOON).toBe(1)
  const waitsForRoom = async () => (await stack.logs()).split('waits for room on the disk').length - 1
  const runsNow = async () =>
    (await readdir(join(artifactsDir, 'work'), { recursive: true }).catch(() => [])).filter((name) =>
      /fetch-\d+$/.test(name),
    )

  test('nothing is fetched without room, and all by itself once there is some', async () => {
    await fillUpTo(RESERVE_MB + ROOM_MB - 10)
    const waiting = await ask('/watch/slow?bytesPerSecond=3000000')
    await expect.poll(waitsForRoom, SOON).toBeGreaterThan(0)
    expect([mediaFor(world, waiting), isTold(world, waiting), await runsNow()]).toEqual([[], false, []])
    await rm(ballast)
    await hasMedia(waiting)
  })

  test('two processes that share it never promise the same room', async () => {
    await fillUpTo(RESERVE_MB + ROOM_MB + 30)
    const askings = await Promise.all(
      [1, 2, 3].map((n) => ask(`/watch/slow?bytesPerSecond=1000000&for=${n}`)),
    )
    let most = 0
    await expect
      .poll(async () => {
        most = Math.max(most, (await runsNow()).length)
        return askings.map((one) => mediaFor(world, one).length)
      }, SOON)
      .toEqual([1, 1, 1])
    expect(most).toBe(1)
    await rm(ballast)
  })

  test('a download that fills it ends with that reason, and leaves nothing behind', async () => {
    const endless = await ask('/watch/endless?bytesPerSecond=60000000')
    await expect.poll(() => isTold(world, endless), SOON).toBe(true)
    const requests = (await state.queues.queue('fetch').getFailed()).map((job) => job.failedReason)
    expect(requests).toEqual([expect.stringMatching(/^disk_full/)])
    expect(await runsNow()).toEqual([])
    expect(await readdir(join(artifactsDir, 'reserved'))).toEqual([])
    expect((await processesIn(artifactsDir)).filter((command) => /yt-dlp|ffmpeg/.test(command))).toEqual([])

    const next = await ask('/files/plain.mp4')
    await hasMedia(next)
    await untilSettled(product, /disk_full|: child .* failed$/)
    expect(product.restarts()).toBe(0)
    console.log({ waits: await waitsForRoom(), mended: await state.mends.all() })
  })
})
