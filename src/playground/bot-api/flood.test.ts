import { expect, it } from 'vitest'
import { ApiError } from './api-error.ts'
import { createFlood } from './flood.ts'
import { testBotApi } from './test-bot-api.ts'

const rig = () => {
  let nowMs = 1000
  const flood = createFlood('telegram', () => nowMs)
  return {
    later: (ms: number) => {
      nowMs += ms
    },
    /** 0 for a call that passes, else its retry_after. */
    call(chatId: number | undefined, method = 'sendMessage', botId = 1): number {
      try {
        flood.check({ method, botId, chatId })
        return 0
      } catch (error) {
        return error instanceof ApiError ? (error.parameters?.retry_after ?? -1) : -1
      }
    },
  }
}

it('lets a person have three at once, then one a second', () => {
  const { call, later } = rig()
  expect([call(7), call(7), call(7), call(7), call(7)]).toEqual([0, 0, 0, 1, 1])
  later(999)
  expect(call(7)).toBe(1)
  later(1)
  expect([call(7), call(7)]).toEqual([0, 1])
  expect([call(8), call(7, 'sendMessage', 2)]).toEqual([0, 0])
  later(10_000)
  expect([call(7), call(7), call(7), call(7)]).toEqual([0, 0, 0, 1])
})

it('lets a group have 20 in any minute', () => {
  const { call, later } = rig()
  for (let sent = 0; sent < 20; sent += 1) {
    expect(call(-7, sent % 2 ? 'editMessageText' : 'sendVideo')).toBe(0)
    later(1000)
  }
  expect([call(-7), call(-8)]).toEqual([40, 0])
  later(40_000)
  expect([call(-7), call(-7)]).toEqual([0, 1])
})

it('lets a bot have 30 in any second, messages only', () => {
  const { call, later } = rig()
  for (let chat = 1; chat <= 30; chat += 1) expect(call(chat)).toBe(0)
  expect([call(31), call(undefined, 'editMessageText'), call(31, 'sendMessage', 2)]).toEqual([1, 1, 0])
  for (const free of ['answerCallbackQuery', 'sendChatAction', 'getUpdates', 'deleteMessage'])
    expect(call(1, free)).toBe(0)
  later(1000)
  expect(call(31)).toBe(0)
})

it('is answered as 429 with retry_after, and nothing is done', async () => {
  const { call, world, cast } = await testBotApi({ flood: 'telegram' })
  const chat_id = cast.filmClub.id
  for (let sent = 0; sent < 20; sent += 1)
    expect(await call('sendMessage', { chat_id, text: 'x' })).toMatchObject({ ok: true })
  const refused = await call('sendMessage', { chat_id, text: 'x' })
  expect(refused).toMatchObject({ status: 429, parameters: { retry_after: expect.any(Number) } })
  expect(refused.description).toMatch(/^Too Many Requests: retry after \d+$/)
  expect(world.messages(chat_id)).toHaveLength(20)
})
