import { describe, expect, it, vi } from 'vitest'
import { sentId, TOKEN, testBotApi } from './test-bot-api.ts'

const start = async ({ readsAllGroupMessages = true, queryLifetimeMs = 30_000 } = {}) => {
  const bot = await testBotApi({
    bots: [{ token: TOKEN, username: 'demo_bot', firstName: 'Demo', readsAllGroupMessages }],
    queryLifetimeMs,
  })
  const { alice, boris, filmClub } = bot.cast
  const updates = async () => (await bot.call('getUpdates')).result
  /** The only update, by its kind. */
  const next = async (kind: string) => {
    const list = await updates()
    if (!Array.isArray(list) || list.length !== 1) throw new Error(`not one update: ${JSON.stringify(list)}`)
    await bot.call('getUpdates', { offset: list[0].update_id + 1 })
    return list[0][kind]
  }
  return { ...bot, alice, boris, filmClub, next, chat_id: alice.id }
}
const reply_markup = { inline_keyboard: [[{ text: 'go', callback_data: 'go' }]] }

describe('a button', () => {
  it('brings the answer of the bot to the one who pressed it', async () => {
    const { call, world, alice, boris, filmClub, next } = await start()
    const id = sentId(await call('sendMessage', { chat_id: filmClub.id, text: 'x', reply_markup }))
    const pressed = world.pressButton(boris, filmClub, id, 'go')
    const query = await next('callback_query')
    expect(query).toMatchObject({
      from: { id: boris.id },
      data: 'go',
      message: { message_id: id, text: 'x' },
    })
    const answer = { callback_query_id: query.id, text: 'done', show_alert: true }
    expect(await call('answerCallbackQuery', answer)).toMatchObject({ result: true })
    expect(await pressed).toEqual({ text: 'done', showAlert: true })
    expect(() => world.sendText({ ...alice, id: 5 }, filmClub, 'x')).toThrow('not in chat')
  })

  it('waits so long, and then a late answer is refused', async () => {
    const { call, world, alice, chat_id, next } = await start({ queryLifetimeMs: 50 })
    const id = sentId(await call('sendMessage', { chat_id, text: 'x', reply_markup }))
    expect(await world.pressButton(alice, chat_id, id, 'forged data')).toBeNull()
    const { id: callback_query_id, data } = await next('callback_query')
    expect(data).toBe('forged data')
    expect(await call('answerCallbackQuery', { callback_query_id })).toMatchObject({ status: 400 })
  })
})

describe('inline mode', () => {
  it('offers results; a chosen one with a keyboard can be edited', async () => {
    const { call, upload, world, alice, filmClub, chat_id, next } = await start()
    const sent = await upload('sendVideo', { chat_id: `${chat_id}`, video: ['1', 'v.mp4'] })
    const video_file_id = Object(sent.result?.video).file_id
    const asked = world.sendInlineQuery(alice, 'cats')
    const query = await next('inline_query')
    expect(query).toMatchObject({ query: 'cats', from: { id: alice.id } })
    const results = [
      { type: 'article', id: 'a', title: 'A', input_message_content: { message_text: 'wait' }, reply_markup },
      { type: 'video', id: 'v', title: 'V', video_file_id, caption: 'c' },
    ]
    expect(await call('answerInlineQuery', { inline_query_id: query.id, results })).toMatchObject({
      ok: true,
    })
    const answer = await asked
    const [article, video] = answer?.results ?? []
    if (!article || !video) throw new Error('no results')

    const messageId = world.chooseInlineResult(alice, filmClub, article, { query: 'cats' })
    const chosen = (await call('getUpdates')).result
    expect(chosen).toMatchObject([
      { chosen_inline_result: { result_id: 'a', query: 'cats', inline_message_id: expect.any(String) } },
      { message: { text: 'wait', via_bot: { id: 42 } } },
    ])
    const inline_message_id = Array.isArray(chosen) ? chosen[0].chosen_inline_result.inline_message_id : ''
    const media = { type: 'video', media: video_file_id }
    expect(await call('editMessageMedia', { inline_message_id, media })).toMatchObject({ result: true })
    expect(world.message(filmClub, messageId)).toMatchObject({ video: { file_id: video_file_id } })
    const raw = {
      media: JSON.stringify({ type: 'video', media: 'attach://f' }),
      f: ['1', 'v.mp4'] as [string, string],
    }
    expect(await upload('editMessageMedia', { inline_message_id, ...raw })).toMatchObject({ status: 400 })
    expect(await call('editMessageText', { inline_message_id: 'no', text: 'x' })).toMatchObject({
      description: 'Bad Request: MESSAGE_ID_INVALID',
    })
    const plain = world.chooseInlineResult(alice, filmClub, video)
    expect(world.message(filmClub, plain)).toMatchObject({ caption: 'c', video: {} })
  })
})

it('in privacy mode a bot hears of a group only what is for it', async () => {
  const { call, world, alice, filmClub } = await start({ readsAllGroupMessages: false })
  const own = sentId(await call('sendMessage', { chat_id: filmClub.id, text: 'x' }))
  for (const text of ['chat', '/dl https://a.io', '/dl@other_bot x', 'hey @Demo_Bot', '@other_bot'])
    world.sendText(alice, filmClub, text)
  world.sendText(alice, filmClub, 'a reply', { replyTo: own })
  const { result } = await call('getUpdates')
  const texts = Array.isArray(result) ? result.map(({ message }) => message.text) : []
  expect(texts).toEqual(['/dl https://a.io', 'hey @Demo_Bot', 'a reply'])
})

it('tells of edits, and shows every change as it is made', async () => {
  const { call, world, alice, chat_id, next } = await start()
  const seen: string[] = []
  const forget = world.onChange((change) => {
    seen.push(change.kind === 'action' ? change.action : change.kind)
  })
  const id = world.sendText(alice, chat_id, 'one')
  await next('message')
  world.editText(alice, chat_id, id, 'two')
  expect(await next('edited_message')).toMatchObject({ text: 'two', edit_date: expect.any(Number) })
  await call('sendChatAction', { chat_id, action: 'upload_video' })
  world.deleteMessage(alice, chat_id, id)
  forget()
  world.sendText(alice, chat_id, 'unseen')
  await vi.waitFor(() => expect(seen).toEqual(['message', 'message', 'upload_video', 'deleted']), {
    timeout: 30_000,
  })
})
