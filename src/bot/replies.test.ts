import { GrammyError } from 'grammy'
import { expect, it, vi } from 'vitest'
import { createLogger } from '../shared/logger.ts'
import { ConnectionFault } from '../shared/telegram/telegram-error.ts'
import { createReplies } from './replies.ts'

const replies = createReplies(createLogger('silent', 'test'))
const refusal = (error_code: number, description: string) =>
  new GrammyError('x', { ok: false, error_code, description }, 'sendMessage', {})

it.each([
  ['whose answer was lost', new ConnectionFault('sendMessage', 'ECONNRESET', false), 2],
  ['that found nobody', new ConnectionFault('sendMessage', 'ECONNREFUSED', true), 2],
  ['to somebody who has blocked us', refusal(403, 'Forbidden: bot was blocked by the user'), 1],
  ['in words that Telegram does not take', refusal(400, 'Bad Request: message is too long'), 1],
])('a reply %s', async (_what, error, times) => {
  const call = vi.fn().mockRejectedValueOnce(error).mockResolvedValue(undefined)
  replies.run(call)
  await replies.settled()
  expect(call).toHaveBeenCalledTimes(times)
})

it('a reply whose answers are all lost is not said for a whole minute', async () => {
  const call = vi.fn().mockRejectedValue(new ConnectionFault('sendMessage', 'ECONNRESET', false))
  replies.run(call)
  await replies.settled()
  expect(call).toHaveBeenCalledTimes(3)
})
