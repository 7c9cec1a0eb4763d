import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { afterAll, expect, test } from 'vitest'
import type { DeadLetter } from '../../queues/dead-letter.ts'
import { deadLetterId } from '../../queues/dead-letters.ts'
import { createState } from '../../queues/state.ts'
import { testRedis } from '../playground/testing/services.ts'
import { parseCommand } from './parse-command.ts'

const { redis, url, prefix } = await testRedis()
const state = createState(redis, prefix)
afterAll(() => state.queues.close())

async function run(...args: string[]) {
  const child = spawn(process.execPath, ['src/operator/main.ts', ...args], {
    env: { PATH: process.env.PATH, REDIS_URL: url, REDIS_PREFIX: prefix },
  })
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { out, err, code }
}

let unique = 0
/** A delivery that failed for somebody, and its record. */
async function letter(more: Partial<DeadLetter> = {}) {
  const userId = ++unique
  const asker = { botId: 1, chatId: userId, userId, threadId: null, messageId: 1 } as const
  const origin = `u${unique}`
  const ticket = await state.requests.create(
    { ...asker, chatType: 'private', language: 'en' },
    origin,
    'hash',
    1,
  )
  await state.requests.move(ticket, ['asked'], 'delivering')
  const request = await state.requests.get(ticket)
  if (request) await state.requests.settle(request, { state: 'failed', failure: 'telegram_rejected' })
  const id = deadLetterId('send', `${ticket}-1`, 1_790_000_000_000 + unique)
  await state.deadLetters.add({
    ...{ id, stage: 'send', jobId: `${ticket}-1`, ticket, code: 'telegram_rejected', site: null },
    ...{ reason: 'telegram_rejected: 400', failedAtMs: Date.now(), attempts: 1, crashes: 0, mediaKey: null },
    ...{ stderr: ['the last line'], versions: { node: '24.1.0' }, input: null },
    data: { ticket, round: 1, title: 'My holidays' },
    ...more,
  })
  return { id, ticket }
}
const stateOf = async (ticket: string) => (await state.requests.get(ticket))?.state

test('list, show, replay, discard', async () => {
  expect(await run('list')).toEqual({ out: 'Nothing is open.\n', err: '', code: 0 })
  const [a, b] = [await letter(), await letter()]
  const list = await run('list')
  expect(list.out).toMatch(/Open, by root cause:\n +2 {2}send: telegram_rejected\n/)
  for (const { id } of [a, b]) expect(list.out).toContain(id)
  expect(JSON.parse((await run('list', '--stage', 'fetch', '--json')).out).deadLetters).toEqual([])

  const shown = await run('show', a.id)
  for (const part of ['telegram_rejected: 400', a.ticket, '| the last line', 'node 24.1.0', 'people     1'])
    expect(shown.out).toContain(part)
  expect(shown.out).not.toContain('holidays')

  expect((await run('replay', a.id)).out).toBe(`${a.id}: sent at send for 1 person\n`)
  expect(await stateOf(a.ticket)).toBe('delivering')
  expect((await run('show', a.id)).out).toMatch(/state +replayed\nchanged .* by command/)
  expect((await run('discard', b.id)).code).toBe(0)
  expect(await run('replay', a.id, b.id)).toEqual({
    out: `${a.id}: it is not open any more\n${b.id}: it is not open any more\n`,
    ...{ err: '', code: 1 },
  })
  expect(await stateOf(b.ticket)).toBe('failed')
  expect((await run('show', 'send-NOBODY-1-5')).code).toBe(1)
}, 120_000)

test('a whole root cause', async () => {
  const [a, b, other] = [await letter(), await letter(), await letter({ code: 'storage' })]
  expect(await run('replay', '--stage', 'send', '--code', 'telegram_rejected')).toEqual({
    ...{ out: 'replayed 2, for 2 people; left open 0\n', err: '', code: 0 },
  })
  expect([await stateOf(a.ticket), await stateOf(b.ticket), await stateOf(other.ticket)]).toEqual([
    'delivering',
    'delivering',
    'failed',
  ])
}, 60_000)

test.each([
  [['replay', '--stage', 'send'], 'a root cause is a --stage and a --code'],
  [['replay', '--stage', 'cook', '--code', 'network'], 'stage'],
  [['replay'], 'names no record'],
  [['discard', 'x y'], 'discard'],
  [['sweep'], 'there is no such command: sweep'],
  [['list', '--what'], '--what'],
  [['list', '--limit', '-1'], 'limit'],
])('%s is refused, with the reason', (args, problem) => {
  expect(parseCommand(args)).toEqual({ problem: expect.stringContaining(problem) })
})

test('what is typed wrongly is told, with how it is used', async () => {
  const { out, err, code } = await run('replay')
  expect([out, code]).toEqual(['', 1])
  expect(err).toContain('replay   <id>')
  expect((await run()).out).toContain('replay   <id>')
})

test('without a Redis it says so, and ends', async () => {
  const child = spawn(process.execPath, ['src/operator/main.ts', 'list'], {
    env: { PATH: process.env.PATH, REDIS_URL: 'redis://:secret@127.0.0.1:1' },
  })
  const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  expect([err, code]).toEqual([expect.stringContaining('no Redis that answers'), 1])
  expect(err).not.toContain('secret')
})
