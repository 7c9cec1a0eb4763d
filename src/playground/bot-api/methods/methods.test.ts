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
let userMessage = 0
beforeEach(async () => {
  text = sentId(await call('sendMessage', { chat_id, text: 'a text' }))
  userMessage = world.sendText(alice, chat_id, 'from the person')
})

const refused = async (method: string, params: Record<string, unknown>, description: string, code = 400) => {
  const answer = await call(method, params)
  expect(answer).toEqual({ status: code, ok: false, error_code: code, description })
}

describe('who may call, and where', () => {
  it('knows its bots by their tokens only', async () => {
    expect(await call('getMe', {}, '42:wrong')).toMatchObject({ status: 401, description: 'Unauthorized' })
    expect(await call('getMe', {}, 'rubbish')).toMatchObject({ status: 401 })
    expect(await call('GETME')).toMatchObject({ ok: true, result: { id: 42, username: 'demo_bot' } })
    expect(await call('getMe', {}, OTHER_TOKEN)).toMatchObject({ result: { username: 'other_bot' } })
  })

  it('stays out of chats with people who blocked it', async () => {
    world.blockBot(boris)
    await refused(
      'sendMessage',
      { chat_id: boris.id, text: 'x' },
      'Forbidden: bot was blocked by the user',
      403,
    )
    world.blockBot(boris, false)
    expect(await call('sendMessage', { chat_id: boris.id, text: 'x' })).toMatchObject({ ok: true })
  })

  it('writes in channels where it is an administrator, and speaks as the channel', async () => {
    const channel = world.addChannel({ title: 'Numbers' })
    const sent = await call('sendMessage', { chat_id: channel.id, text: 'x' })
    expect(sent.result).toMatchObject({
      chat: { id: channel.id, type: 'channel' },
      sender_chat: { id: channel.id },
    })
    expect(sent.result).not.toHaveProperty('from')
    world.setBotStatus(alice, channel, 'member')
    const to = { chat_id: channel.id, text: 'x' }
    await refused('sendMessage', to, 'Bad Request: need administrator rights in the channel chat')
    world.setBotStatus(alice, channel, 'left')
    await refused('sendMessage', to, 'Forbidden: bot is not a member of the channel chat', 403)
  })

  it('stays out of groups that threw it out', async () => {
    const group = world.addGroup({ title: 'G', users: [alice] })
    world.setBotStatus(alice, group, 'kicked')
    world.setBotStatus(alice, supergroup, 'kicked')
    const text = 'x'
    await refused(
      'sendMessage',
      { chat_id: group.id, text },
      'Forbidden: bot was kicked from the group chat',
      403,
    )
    const why = 'Forbidden: bot was kicked from the supergroup chat'
    await refused('sendMessage', { chat_id: supergroup.id, text }, why, 403)
    world.setBotStatus(alice, supergroup, 'left')
    const left = 'Forbidden: bot is not a member of the supergroup chat'
    await refused('sendMessage', { chat_id: supergroup.id, text }, left, 403)
    world.setBotStatus(alice, supergroup, 'member')
  })

  it('says where a group went', async () => {
    const group = world.addGroup({ title: 'G', users: [alice] })
    const next = world.migrateGroup(alice, group)
    expect(await call('sendMessage', { chat_id: group.id, text: 'x' })).toEqual({
      status: 400,
      ok: false,
      error_code: 400,
      description: 'Bad Request: group chat was upgraded to a supergroup chat',
      parameters: { migrate_to_chat_id: next.id },
    })
    expect(await call('sendMessage', { chat_id: next.id, text: 'x' })).toMatchObject({ ok: true })
  })

  it('lets nobody in after logOut', async () => {
    world.addBot({ token: '99:gone', username: 'gone_bot', firstName: 'Gone' })
    expect(await call('logOut', {}, '99:gone')).toMatchObject({ ok: true })
    expect(await call('getMe', {}, '99:gone')).toMatchObject({ status: 400, description: 'Logged out' })
  })
})

describe('done', () => {
  it('counts limits in UTF-16 units, after parsing', async () => {
    const long = `<b>${'😀'.repeat(2048)}</b>`
    const answer = await call('sendMessage', { chat_id, text: long, parse_mode: 'HTML' })
    expect(answer.result).toMatchObject({ entities: [{ type: 'bold', offset: 0, length: 4096 }] })
    const reply_markup = button({ callback_data: 'я'.repeat(32) })
    expect(await call('sendMessage', { chat_id, text: 'x', reply_markup })).toMatchObject({ ok: true })
  })

  it('takes forms as well as JSON', async () => {
    const body = new URLSearchParams({
      chat_id: `${chat_id}`,
      text: 'form',
      reply_markup: '{"inline_keyboard":[]}',
    })
    const answer = await fetch(`${bot.url}/bot${TOKEN}/sendMessage`, { method: 'POST', body })
    expect(await answer.json()).toMatchObject({ ok: true, result: { text: 'form' } })
    const byQuery = await fetch(`${bot.url}/bot${TOKEN}/sendMessage?chat_id=${chat_id}&text=query`)
    expect(await byQuery.json()).toMatchObject({ ok: true, result: { text: 'query' } })
  })

  it('edits text, and each change only once', async () => {
    const reply_markup = button({ callback_data: 'go' })
    const edit = { chat_id, message_id: text, text: 'new', reply_markup }
    expect((await call('editMessageText', edit)).result).toMatchObject({ text: 'new', reply_markup })
    expect((await call('editMessageText', edit)).description).toBe(NOT_MODIFIED)
    expect((await call('editMessageText', { ...edit, reply_markup: undefined })).result).not.toHaveProperty(
      'reply_markup',
    )
  })

  it('replies, and forgives a missing message when asked to', async () => {
    const reply_parameters = { message_id: userMessage, allow_sending_without_reply: true }
    const reply = await call('sendMessage', { chat_id, text: 'r', reply_parameters })
    expect(reply.result).toMatchObject({ reply_to_message: { text: 'from the person' } })
    world.deleteMessage(alice, chat_id, userMessage)
    const alone = await call('sendMessage', { chat_id, text: 'r', reply_parameters })
    expect(alone).toMatchObject({ ok: true })
    expect(alone.result).not.toHaveProperty('reply_to_message')
    const sent = await call('sendMessage', { chat_id: supergroup.id, text: 'x', message_thread_id: 5 })
    expect(sent.result).toMatchObject({ message_thread_id: 5, is_topic_message: true })
  })

  it('copies and deletes', async () => {
    const copy = await call('copyMessage', { chat_id: boris.id, from_chat_id: chat_id, message_id: text })
    expect(world.message(boris.id, sentId(copy))).toMatchObject({ text: 'a text' })
    expect(copy.result).toEqual({ message_id: sentId(copy) })
    expect(await call('deleteMessage', { chat_id, message_id: text })).toMatchObject({ result: true })
    expect(world.message(chat_id, text)).toBeUndefined()
  })

  it('tells of chats, members and commands', async () => {
    expect((await call('getChat', { chat_id })).result).toMatchObject({
      type: 'private',
      first_name: 'Alice',
    })
    const chat = { chat_id: filmClub.id }
    expect((await call('getChatMember', { ...chat, user_id: boris.id })).result).toMatchObject({
      status: 'member',
    })
    expect((await call('getChatMember', { ...chat, user_id: stranger.id })).result).toMatchObject({
      status: 'left',
    })
    world.setBotStatus(alice, filmClub, 'administrator')
    expect((await call('getChatAdministrators', chat)).result).toMatchObject([{ user: { id: 42 } }])
    const commands = [{ command: 'start', description: 'Begin' }]
    await call('setMyCommands', { commands, language_code: 'ru' })
    expect((await call('getMyCommands', { language_code: 'ru' })).result).toEqual(commands)
    expect((await call('getMyCommands')).result).toEqual([])
  })
})
