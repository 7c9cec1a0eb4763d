import { readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { sentId, TOKEN, testBotApi } from './test-bot-api.ts'

const OTHER_TOKEN = '77:BBother'
const bots = [
  { token: TOKEN, username: 'demo_bot', firstName: 'Demo' },
  { token: OTHER_TOKEN, username: 'other_bot', firstName: 'Other' },
]
const start = async (mode: 'cloud' | 'local') => {
  const bot = await testBotApi({ mode, bots })
  return { ...bot, chat_id: bot.cast.alice.id }
}
const fileIdIn = (media: unknown): string => String(Object(media).file_id)

describe('a file_id', () => {
  it('sends the same file again, and turns a text into it, once', async () => {
    const { upload, call, chat_id, world } = await start('cloud')
    const sent = await upload('sendVideo', {
      chat_id: `${chat_id}`,
      video: ['12345', 'v.mp4'],
      width: '4',
      height: '2',
    })
    const video = fileIdIn(sent.result?.video)
    expect((await call('sendVideo', { chat_id, video, width: 9 })).result).toMatchObject({
      video: { file_id: video, width: 4 },
    })
    const message_id = sentId(await call('sendMessage', { chat_id, text: 'ticket' }))
    const edit = { chat_id, message_id, media: { type: 'video', media: video, caption: 'c' } }
    const { result } = await call('editMessageMedia', edit)
    expect(result).toMatchObject({
      message_id,
      caption: 'c',
      edit_date: expect.any(Number),
      video: { file_id: video },
    })
    expect(result).not.toHaveProperty('text')
    expect((await call('editMessageMedia', edit)).description).toMatch(
      /^Bad Request: message is not modified/,
    )
    expect((await call('editMessageText', { chat_id, message_id, text: 'x' })).description).toBe(
      'Bad Request: there is no text in the message to edit',
    )
    expect((await call('editMessageCaption', { chat_id, message_id, caption: 'd' })).result).toMatchObject({
      caption: 'd',
      video: {},
    })
    expect(await readFile(world.fileOf(video), 'utf8')).toBe('12345')
  })

  it('is good for its bot and its kind only', async () => {
    const { upload, call, chat_id, world, cast } = await start('cloud')
    world.openPrivateChat(cast.alice, world.bots()[1])
    const { result } = await upload('sendDocument', { chat_id: `${chat_id}`, document: ['1', 'v.mp4'] })
    const file_id = fileIdIn(result?.document)
    expect(await call('sendDocument', { chat_id, document: file_id }, OTHER_TOKEN)).toMatchObject({
      status: 400,
      description: 'Bad Request: wrong file identifier/HTTP URL specified',
    })
    expect((await call('sendVideo', { chat_id, video: file_id })).description).toBe(
      "Bad Request: can't use file of type Document as Video",
    )
    expect(await call('getFile', { file_id }, OTHER_TOKEN)).toMatchObject({ status: 400 })
  })

  it('leads to the bytes: over HTTP in the cloud, by path at home', async () => {
    for (const mode of ['cloud', 'local'] as const) {
      const { upload, call, url, chat_id } = await start(mode)
      const { result } = await upload('sendDocument', {
        chat_id: `${chat_id}`,
        document: ['12345', 'a b.txt'],
      })
      const file = await call('getFile', { file_id: fileIdIn(result?.document) })
      const path = String(file.result?.file_path)
      expect(file.result).toMatchObject({ file_size: 5 })
      if (mode === 'local') expect(await readFile(path, 'utf8')).toBe('12345')
      const answer = await fetch(`${url}/file/bot${TOKEN}/${path}`)
      expect([answer.status, await answer.text()]).toEqual(
        mode === 'cloud' ? [200, '12345'] : [404, expect.any(String)],
      )
      expect((await fetch(`${url}/file/bot${OTHER_TOKEN}/${path}`)).status).toBe(404)
      expect((await fetch(`${url}/file/bot${TOKEN}/..%2f..%2fetc/passwd`)).status).toBe(404)
    }
  })
})

describe('files that the server fetches itself', () => {
  it('file:// in local mode: known again by path, kept when the original goes', async () => {
    const { call, dir, chat_id, world } = await start('local')
    const path = join(dir, 'clip ä.mp4')
    await writeFile(path, '12345')
    await utimes(path, 1000, 1000)
    const video = pathToFileURL(path).href
    const first = await call('sendVideo', { chat_id, video, width: 3 })
    expect(first.result).toMatchObject({ video: { file_name: 'clip ä.mp4', file_size: 5, width: 3 } })
    const message_id = sentId(await call('sendMessage', { chat_id, text: 'ticket' }))
    const edit = { chat_id, message_id, media: { type: 'video', media: video } }
    expect((await call('editMessageMedia', edit)).result).toMatchObject({ video: first.result?.video })
    expect((await call('editMessageMedia', edit)).description).toMatch(/message is not modified/)
    await writeFile(path, '123456')
    expect((await call('sendVideo', { chat_id, video })).result).toMatchObject({ video: { file_size: 6 } })
    await rm(path)
    expect((await call('sendVideo', { chat_id, video })).description).toBe(
      'Bad Request: invalid file path specified: file not found',
    )
    expect(world.fileOf(fileIdIn(first.result?.video))).not.toBe(path)
  })

  it('http: up to 20 MB, and no pages', async () => {
    const { call, chat_id } = await start('cloud')
    const server = createServer((request, response) => {
      const isBig = request.url === '/big.mp4'
      response.writeHead(request.url === '/gone.mp4' ? 404 : 200, {
        'content-type': request.url === '/page.mp4' ? 'text/html' : 'video/mp4',
      })
      response.end(isBig ? Buffer.alloc(20 * 1024 * 1024 + 1) : '12345')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      server.close()
    })
    const send = (name: string) =>
      call('sendVideo', {
        chat_id,
        video: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`,
      })
    expect((await send('a%20b.mp4')).result).toMatchObject({ video: { file_name: 'a b.mp4', file_size: 5 } })
    expect((await send('big.mp4')).description).toBe('Bad Request: failed to get HTTP URL content')
    expect((await send('gone.mp4')).description).toBe('Bad Request: failed to get HTTP URL content')
    expect((await send('page.mp4')).description).toBe('Bad Request: wrong type of the web page content')
  })
})
