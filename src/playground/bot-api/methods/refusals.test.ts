import { beforeEach, describe, expect, it } from 'vitest'
import { sentId, TOKEN, testBotApi } from '../test-bot-api.ts'

const OTHER_TOKEN = '77:BBother'
const bot = await testBotApi({
  bots: [
    { token: TOKEN, username: 'demo_bot', firstName: 'Demo' },
    { token: OTHER_TOKEN, username: 'other_bot', firstName: 'Other' },
  ],
})
const { world, call } = bot
const { alice, boris, filmClub } = bot.cast
const chat_id = alice.id
const stranger = world.addUser({ firstName: 'Nobody' })
const supergroup = world.addSupergroup({ title: 'Forum', users: [alice, boris], topics: [5] })
const button = (fields: object) => ({ inline_keyboard: [[{ text: 'x', ...fields }]] })
const NOT_MODIFIED =
  'Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message'

let text = 0
let foreign = 0
let userMessage = 0
beforeEach(async () => {
  text = sentId(await call('sendMessage', { chat_id, text: 'a text' }))
  userMessage = world.sendText(alice, chat_id, 'from the person')
  foreign = world.sendText(boris, filmClub, 'not of the bot')
})

const refused = async (method: string, params: Record<string, unknown>, description: string, code = 400) => {
  const answer = await call(method, params)
  expect(answer).toEqual({ status: code, ok: false, error_code: code, description })
}

describe('refused', () => {
  const video = { type: 'video', media: 'https://[bad' }
  it.each<[string, () => Record<string, unknown>, string, number?]>([
    ['sendMessage', () => ({ text: 'x' }), 'Bad Request: chat_id is empty'],
    ['sendMessage', () => ({ chat_id: stranger.id, text: 'x' }), 'Bad Request: chat not found'],
    ['sendMessage', () => ({ chat_id: -5, text: 'x' }), 'Bad Request: chat not found'],
    ['sendMessage', () => ({ chat_id }), 'Bad Request: message text is empty'],
    ['sendMessage', () => ({ chat_id, text: '  \n ' }), 'Bad Request: text must be non-empty'],
    ['sendMessage', () => ({ chat_id, text: 'x'.repeat(4097) }), 'Bad Request: message is too long'],
    ['sendMessage', () => ({ chat_id, text: 'я'.repeat(16_385) }), 'Bad Request: text is too long'],
    ['sendMessage', () => ({ chat_id, text: 'x', parse_mode: 'BB' }), 'Bad Request: unsupported parse_mode'],
    [
      'sendMessage',
      () => ({ chat_id, text: '<b>x', parse_mode: 'HTML' }),
      'Bad Request: can\'t parse entities: Can\'t find end tag corresponding to start tag "b"',
    ],
    [
      'sendMessage',
      () => ({ chat_id, text: 'x', reply_parameters: { message_id: 9999 } }),
      'Bad Request: message to be replied not found',
    ],
    [
      'sendMessage',
      () => ({ chat_id, text: 'x', reply_markup: button({ callback_data: 'я'.repeat(33) }) }),
      'Bad Request: BUTTON_DATA_INVALID',
    ],
    [
      'sendMessage',
      () => ({ chat_id, text: 'x', reply_markup: button({}) }),
      "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ],
    [
      'sendMessage',
      () => ({ chat_id, text: 'x', reply_markup: '[' }),
      'Bad Request: object expected as reply markup',
    ],
    [
      'sendMessage',
      () => ({ chat_id: supergroup.id, text: 'x', message_thread_id: 6 }),
      'Bad Request: message thread not found',
    ],
    ['editMessageText', () => ({ text: 'x' }), 'Bad Request: message identifier is not specified'],
    [
      'editMessageText',
      () => ({ chat_id, message_id: 9999, text: 'x' }),
      'Bad Request: message to edit not found',
    ],
    [
      'editMessageText',
      () => ({ chat_id, message_id: userMessage, text: 'x' }),
      "Bad Request: message can't be edited",
    ],
    ['editMessageText', () => ({ chat_id, message_id: text, text: 'a text' }), NOT_MODIFIED],
    ['editMessageReplyMarkup', () => ({ chat_id, message_id: text }), NOT_MODIFIED],
    [
      'editMessageCaption',
      () => ({ chat_id, message_id: text, caption: 'x' }),
      'Bad Request: there is no caption in the message to edit',
    ],
    ['editMessageMedia', () => ({ chat_id, message_id: text }), 'Bad Request: parameter "media" is required'],
    [
      'editMessageMedia',
      () => ({ chat_id, message_id: text, media: { type: 'video' } }),
      "Bad Request: can't parse InputMedia: media not found",
    ],
    [
      'editMessageMedia',
      () => ({ chat_id, message_id: 9999, media: video }),
      'Bad Request: message to edit not found',
    ],
    [
      'editMessageMedia',
      () => ({ chat_id, message_id: text, media: video }),
      'Bad Request: wrong HTTP URL specified',
    ],
    ['deleteMessage', () => ({ chat_id, message_id: 9999 }), 'Bad Request: message to delete not found'],
    [
      'deleteMessage',
      () => ({ chat_id: filmClub.id, message_id: foreign }),
      "Bad Request: message can't be deleted",
    ],
    [
      'copyMessage',
      () => ({ chat_id, from_chat_id: chat_id, message_id: 9999 }),
      'Bad Request: message to copy not found',
    ],
    ['sendVideo', () => ({ chat_id }), 'Bad Request: there is no video in the request'],
    [
      'sendVideo',
      () => ({ chat_id, video: 'short' }),
      'Bad Request: wrong remote file identifier specified: Wrong padding in the string',
    ],
    [
      'sendVideo',
      () => ({ chat_id, video: 'a'.repeat(30) }),
      'Bad Request: wrong file identifier/HTTP URL specified',
    ],
    [
      'sendVideo',
      () => ({ chat_id, video: 'file:///etc/passwd' }),
      'Bad Request: invalid file HTTP URL specified: Unsupported URL protocol',
    ],
    [
      'sendVideo',
      () => ({ chat_id, video: 'x', caption: 'x'.repeat(1025) }),
      'Bad Request: message caption is too long',
    ],
    [
      'sendMediaGroup',
      () => ({ chat_id, media: Array(11).fill(video) }),
      'Bad Request: too many messages to send as an album',
    ],
    [
      'sendMediaGroup',
      () => ({ chat_id, media: [video] }),
      'Bad Request: there are too few messages to send as an album',
    ],
    ['sendChatAction', () => ({ chat_id, action: 'nap' }), 'Bad Request: wrong parameter action in request'],
    [
      'answerCallbackQuery',
      () => ({ callback_query_id: '1' }),
      'Bad Request: query is too old and response timeout expired or query ID is invalid',
    ],
    ['getFile', () => ({ file_id: 'nothing' }), 'Bad Request: invalid file_id'],
    ['getChatMember', () => ({ chat_id, user_id: 5 }), 'Bad Request: PARTICIPANT_ID_INVALID'],
    [
      'setWebhook',
      () => ({ url: 'http://example.com/' }),
      'Bad Request: bad webhook: An HTTPS URL must be provided for webhook',
    ],
    [
      'setWebhook',
      () => ({ url: 'https://example.com/', secret_token: 'no spaces' }),
      'Bad Request: secret token contains unallowed characters',
    ],
    ['makeCoffee', () => ({}), 'Not Found: method not found', 404],
  ])('%s %#: %s', async (method, params, description, code) => refused(method, params(), description, code))
})
