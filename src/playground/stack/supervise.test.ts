import { expect, test, vi } from 'vitest'
import { type Running, supervise } from './supervise.ts'

/** Something that ends when told to. */
function createLamp() {
  const { promise: exited, resolve } = Promise.withResolvers<unknown>()
  const stop = vi.fn(async () => resolve([0, null]))
  return { exited, stop, die: (code: number) => resolve([code, null]) } satisfies Running & { die: unknown }
}

function createShop(failing: (attempt: number) => boolean = () => false) {
  const lamps: ReturnType<typeof createLamp>[] = []
  let attempts = 0
  return {
    lamps,
    attempts: () => attempts,
    async start() {
      attempts += 1
      if (failing(attempts)) throw new Error('no light')
      const lamp = createLamp()
      lamps.push(lamp)
      return lamp
    },
  }
}

test('what ends is started again, and said so', async () => {
  const { lamps, start } = createShop()
  const say = vi.fn()
  const supervised = await supervise({ name: 'lamp', start, say, firstDelayMs: 1 })
  lamps[0]?.die(3)
  await vi.waitFor(() => expect(lamps.length).toBe(2), 10_000)
  expect(supervised.current()).toBe(lamps[1])
  expect(supervised.restarts()).toBe(1)
  expect(say.mock.calls).toEqual([['lamp has ended (exit code 3); starting it again']])
  await supervised.stop()
})

test('what is stopped stays so', async () => {
  const { lamps, start } = createShop()
  const say = vi.fn()
  const supervised = await supervise({ name: 'lamp', start, say, firstDelayMs: 1 })
  await supervised.stop()
  expect(lamps.length).toBe(1)
  expect(lamps[0]?.stop).toHaveBeenCalled()
  expect(say).not.toHaveBeenCalled()
})

test('a stop while it waits to start again does not wait', async () => {
  const { lamps, start } = createShop()
  const said = Promise.withResolvers<string>()
  const supervised = await supervise({ name: 'lamp', start, say: said.resolve, firstDelayMs: 2 ** 30 })
  lamps[0]?.die(1)
  await said.promise
  await supervised.stop()
  expect(lamps.length).toBe(1)
})

test('a start that fails later is tried again; the first one is the caller’s', async () => {
  const shop = createShop((attempt) => attempt === 2 || attempt === 3)
  const supervised = await supervise({
    name: 'lamp',
    start: shop.start,
    say: () => undefined,
    firstDelayMs: 1,
  })
  shop.lamps[0]?.die(1)
  await vi.waitFor(() => expect(shop.lamps.length).toBe(2), 10_000)
  expect(shop.attempts()).toBe(4)
  await supervised.stop()

  const dark = createShop(() => true)
  await expect(supervise({ name: 'lamp', start: dark.start, say: () => undefined })).rejects.toThrow(
    'no light',
  )
})

test('what starts while it is being stopped is stopped too', async () => {
  const lamps = [createLamp(), createLamp()]
  const second = Promise.withResolvers<void>()
  const asked = Promise.withResolvers<void>()
  let starts = 0
  const start = async () => {
    const lamp = lamps[starts++] ?? createLamp()
    if (starts === 2) {
      asked.resolve()
      await second.promise
    }
    return lamp
  }
  const supervised = await supervise({ name: 'lamp', start, say: () => undefined, firstDelayMs: 1 })
  lamps[0]?.die(1)
  await asked.promise
  const stopping = supervised.stop()
  second.resolve()
  await stopping
  expect(lamps[1]?.stop).toHaveBeenCalled()
  expect(starts).toBe(2)
})

test('what is ended on purpose is away while something happens, and is started at once', async () => {
  const { lamps, start } = createShop()
  const say = vi.fn()
  const supervised = await supervise({ name: 'lamp', start, say, firstDelayMs: 2 ** 30 })
  const between = vi.fn(async () => expect(lamps.length).toBe(1))
  await supervised.interrupt(async (lamp) => lamp.die(1), between)
  expect([between.mock.calls.length, lamps.length, supervised.current()]).toEqual([1, 2, lamps[1]])
  expect(say).not.toHaveBeenCalled()
  // Whatever goes wrong meanwhile, it comes back; two at once take turns.
  const broken = supervised.interrupt(
    async (lamp) => lamp.die(1),
    () => Promise.reject(new Error('no bulb')),
  )
  const next = supervised.interrupt(async (lamp) => lamp.die(1))
  await expect(broken).rejects.toThrow('no bulb')
  await next
  expect(lamps.length).toBe(4)
  await supervised.stop()
})

test('a stop ends an interruption', async () => {
  const { start } = createShop()
  const supervised = await supervise({ name: 'lamp', start, say: () => undefined })
  const begun = Promise.withResolvers<void>()
  const interrupted = supervised.interrupt(
    async (lamp) => lamp.die(1),
    () => {
      begun.resolve()
      return new Promise(() => undefined)
    },
  )
  await begun.promise
  await supervised.stop()
  await interrupted
})
