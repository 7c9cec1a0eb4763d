import { GrammyError, HttpError } from 'grammy'
import { describe, expect, it } from 'vitest'
import { classify, type TelegramFault } from './classify.ts'
import { ConnectionFault, FloodWait, GateBusy } from './telegram-error.ts'

const answer = (error_code: number, description: string, parameters = {}) =>
  new GrammyError('failed', { ok: false, error_code, description, parameters }, 'sendVideo', {})

const NOT_MODIFIED =
  'Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message'

const TEXTS: [number, string, TelegramFault['kind']][] = [
  [400, NOT_MODIFIED, 'not_modified'],
  [400, 'Bad Request: message to edit not found', 'message_gone'],
  [400, "Bad Request: message can't be edited", 'message_gone'],
  [400, 'Bad Request: MESSAGE_ID_INVALID', 'message_gone'],
  [400, 'Bad Request: MESSAGE_EDIT_TIME_EXPIRED', 'message_gone'],
  [400, 'Bad Request: there is no text in the message to edit', 'already_media'],
  [400, 'Bad Request: message to be replied not found', 'message_gone'],
  [400, 'Bad Request: reply message not found', 'message_gone'],
  [400, 'Bad Request: replied message not found', 'message_gone'],
  [403, 'Forbidden: bot was blocked by the user', 'chat_unreachable'],
  [403, 'Forbidden: user is deactivated', 'chat_unreachable'],
  [403, "Forbidden: bot can't initiate conversation with a user", 'chat_unreachable'],
  [403, 'Forbidden: bot was kicked from the group chat', 'chat_unreachable'],
  [403, 'Forbidden: bot was kicked from the supergroup chat', 'chat_unreachable'],
  [403, 'Forbidden: bot is not a member of the channel chat', 'chat_unreachable'],
  [403, 'Forbidden: the group chat was deleted', 'chat_unreachable'],
  [400, 'Bad Request: chat not found', 'chat_unreachable'],
  [400, 'Bad Request: PEER_ID_INVALID', 'chat_unreachable'],
  [400, 'Bad Request: not enough rights to send text messages to the chat', 'chat_unreachable'],
  [400, 'Bad Request: not enough rights to send videos to the chat', 'chat_unreachable'],
  [400, 'Bad Request: have no rights to send a message', 'chat_unreachable'],
  [400, 'Bad Request: need administrator rights in the channel chat', 'chat_unreachable'],
  [400, 'Bad Request: CHAT_WRITE_FORBIDDEN', 'chat_unreachable'],
  [400, 'Bad Request: CHAT_RESTRICTED', 'chat_unreachable'],
  [400, 'Bad Request: CHAT_SEND_VIDEOS_FORBIDDEN', 'chat_unreachable'],
  [400, 'Bad Request: TOPIC_CLOSED', 'chat_unreachable'],
  [400, 'Bad Request: message thread not found', 'chat_unreachable'],
  [413, 'Request Entity Too Large', 'file_too_big'],
  [400, 'Bad Request: file is too big', 'file_too_big'],
  [400, 'Bad Request: FILE_PARTS_INVALID', 'file_too_big'],
  [400, 'Bad Request: wrong file identifier/HTTP URL specified', 'bad_file_id'],
  [400, 'Bad Request: wrong remote file identifier specified: Wrong padding in the string', 'bad_file_id'],
  [400, 'Bad Request: wrong file_id or the file is temporarily unavailable', 'bad_file_id'],
  [400, 'Bad Request: invalid file_id', 'bad_file_id'],
  [400, "Bad Request: can't use file of type Document as Video", 'bad_file_id'],
  [400, 'Bad Request: FILE_REFERENCE_EXPIRED', 'bad_file_id'],
  [400, 'Bad Request: message text is empty', 'rejected'],
  [400, 'Bad Request: MESSAGE_TOO_LONG', 'rejected'],
  [400, 'Bad Request: message is too long', 'rejected'],
  [400, 'Bad Request: BUTTON_DATA_INVALID', 'rejected'],
  [400, 'Bad Request: file must be non-empty', 'rejected'],
  [400, 'Bad Request: wrong type of the web page content', 'rejected'],
  [400, 'Bad Request: query is too old and response timeout expired or query ID is invalid', 'rejected'],
  [401, 'Unauthorized', 'unreachable'],
  [404, 'Not Found', 'unreachable'],
  [500, 'Internal Server Error: restart', 'ambiguous'],
  [502, 'Bad Gateway', 'ambiguous'],
  [504, 'Gateway Timeout', 'ambiguous'],
]

it.each(TEXTS)('%i %s is %s', (code, description, kind) => {
  expect(classify(answer(code, description)).kind).toBe(kind)
})

it('reads the numbers that come along', () => {
  const upgraded = 'Bad Request: group chat was upgraded to a supergroup chat'
  expect(classify(answer(400, upgraded, { migrate_to_chat_id: -100123 }))).toEqual({
    kind: 'migrated',
    migrateToChatId: -100123,
  })
  expect(classify(answer(429, 'Too Many Requests: retry after 7', { retry_after: 7 }))).toEqual({
    kind: 'flood',
    retryAfterMs: 7000,
  })
  expect(classify(new FloodWait(1234, 'chat'))).toEqual({ kind: 'flood', retryAfterMs: 1234 })
  expect(classify(new GateBusy(99))).toEqual({ kind: 'busy', waitMs: 99 })
})

const TOKEN = '123456:abcdefghijklmnopqrstuvwxyz'
const fetchError = (code: string, reason: string) =>
  Object.assign(new Error(`request to http://127.0.0.1/bot${TOKEN}/sendVideo failed, reason: ${reason}`), {
    code,
  })

describe('a call without an answer', () => {
  it.each([
    ['ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1', 'unreachable'],
    ['ENOTFOUND', 'getaddrinfo ENOTFOUND nowhere', 'unreachable'],
    ['EAI_AGAIN', 'getaddrinfo EAI_AGAIN nowhere', 'unreachable'],
    ['ETIMEDOUT', 'connect ETIMEDOUT 10.0.0.1:443', 'unreachable'],
    ['EHOSTUNREACH', 'connect EHOSTUNREACH 10.0.0.1:443', 'unreachable'],
    ['ETIMEDOUT', 'read ETIMEDOUT', 'ambiguous'],
    ['ECONNRESET', 'read ECONNRESET', 'ambiguous'],
    ['ECONNRESET', 'socket hang up', 'ambiguous'],
    ['EPIPE', 'write EPIPE', 'ambiguous'],
  ])('%s, %s: %s; and it does not name the token', (code, reason, kind) => {
    const http = new HttpError('Network request failed', fetchError(code, reason))
    expect(classify(http).kind).toBe(kind)
    const fault = ConnectionFault.from('sendVideo', http)
    expect(classify(fault).kind).toBe(kind)
    expect(`${fault.message} ${fault.stack} ${JSON.stringify(fault)} ${String(fault.cause)}`).not.toContain(
      TOKEN,
    )
  })

  it.each([
    ['a timeout of ours', new HttpError('', new Error("Request to 'sendVideo' timed out after 1 seconds"))],
    ['an abort', new HttpError('', new DOMException('aborted', 'AbortError'))],
    [
      'an answer that is not JSON',
      new HttpError('', Object.assign(new Error('invalid json'), { type: 'invalid-json' })),
    ],
    ['something else', 'a text'],
    ['nothing', undefined],
  ])('%s is ambiguous', (_, error) => {
    expect(classify(error)).toEqual({ kind: 'ambiguous' })
  })
})
