import { expect, test, vi } from 'vitest'
import { ConfigError } from '../src/shared/config.ts'
import { createFailPoints } from './fail-point.ts'

test('the process dies at the pass that was named, and nowhere else', () => {
  const die = vi.fn()
  const failPoints = createFailPoints(['send.effect:2', 'fetch.start:1'], die)
  const [send, fetch, notify] = [failPoints('send'), failPoints('fetch'), failPoints('notify')]
  for (const pass of [send, notify]) for (const name of ['start', 'effect'] as const) pass(name)
  expect(die).not.toHaveBeenCalled()
  send('effect')
  expect(die).toHaveBeenCalledTimes(1)
  send('effect')
  fetch('start')
  expect(die).toHaveBeenCalledTimes(2)
})

test.each(['send', 'send.effect', 'send.effect:0', 'nobody.start:1', 'send.nowhere:1', 'send.effect:1;rm'])(
  '%s is no place',
  (text) => {
    expect(() => createFailPoints([text])).toThrow(ConfigError)
  },
)
