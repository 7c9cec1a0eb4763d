import { Writable } from 'node:stream'
import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { testRedis } from '../playground/testing/services.ts'
import { createLogger, redact } from './logger.ts'

const SECRETS: [string, string, string][] = [
  [
    'a token in an address',
    'POST https://api.telegram.org/bot123456:AAAAAAAAAAAAAAAAAAAAAAAA/x failed',
    'POST [link] failed',
  ],
  ['a token by itself', 'token 123456:AAAAAAAAAAAAAAAAAAAAAAAA here', 'token [token] here'],
  ['a link with a bracket', 'see https://a.b/c_(d)?token=s3cret now', 'see [link] now'],
  ['a link with an apostrophe', "see https://a.b/it's/secret?x=1 now", 'see [link] now'],
  ['another scheme', 'redis://:password@host:6379/0', '[link]'],
  [
    'the place in our own code stays',
    'at file:///app/workers/main.ts:1:2',
    'at file:///app/workers/main.ts:1:2',
  ],
  ['words stay', 'fetch failed: HTTP 404', 'fetch failed: HTTP 404'],
]
test.each(SECRETS)('%s', (_, text, expected) => {
  expect(redact(text)).toBe(expected)
})

/** A logger, and the lines that it wrote. */
function captured() {
  const lines: string[] = []
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  return { log: createLogger('info', 'test', destination), lines }
}

test('a command that Redis refused is not in the line: it may hold a password or a title', async () => {
  const { url } = await testRedis()
  const redis = new Redis(url)
  const { log, lines } = captured()
  const error = await redis.call('HSET', 'a', 'My private title').catch((caught: unknown) => caught)
  log.warn({ err: new Error('outer', { cause: error }) }, 'x')
  redis.disconnect()
  expect(lines[0]).toContain('wrong number of arguments')
  expect(lines[0]).not.toContain('private')
})

test('the code of an error and its cause are there', () => {
  const { log, lines } = captured()
  log.warn({ err: Object.assign(new Error('no'), { code: 'ENOENT', path: '/of-a-person' }) }, 'x')
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ err: { type: 'Error', message: 'no', code: 'ENOENT' } })
  expect(lines[0]).not.toContain('of-a-person')
})
