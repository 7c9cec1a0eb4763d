import { request } from 'node:http'
import { expect, it, vi } from 'vitest'
import { TOKEN, testBotApi } from './test-bot-api.ts'

const start = async () => {
  const bot = await testBotApi()
  const chat_id = bot.cast.alice.id
  return {
    ...bot,
    chat_id,
    send: (text: string) => bot.call('sendMessage', { chat_id, text }),
    faults: bot.world.faults,
  }
}

it('loses an answer after the work', async () => {
  const { send, faults, world, chat_id } = await start()
  const fault = faults.add({ method: 'sendMessage' }, { kind: 'lost_answer' })
  await expect(send('x')).rejects.toThrow('fetch failed')
  expect(fault.hits()).toBe(1)
  expect(world.messages(chat_id)).toHaveLength(1)
  expect(world.ledger.of('sendMessage')).toMatchObject([
    {
      bot: 'demo_bot',
      chatId: chat_id,
      params: { text: 'x' },
      workDone: true,
      fault: 'lost_answer',
      answer: { ok: true },
      wasHeard: false,
    },
  ])
  expect(await send('y')).toMatchObject({ ok: true })
  const [lost, heard] = world.ledger.of('sendMessage')
  expect(heard?.wasHeard).toBe(true)
  expect(lost?.endedAt).toBeGreaterThanOrEqual(lost?.at ?? Number.POSITIVE_INFINITY)
})

it('matches by method, chat, predicate and count', async () => {
  const { send, faults, world, cast, call } = await start()
  const flood = { kind: 'flood', retryAfterS: 7 } as const
  const fault = faults.add(
    {
      method: /^send/,
      chatId: cast.alice.id,
      when: ({ params }) => params.text !== 'spared',
      skip: 1,
      times: 2,
    },
    flood,
  )
  const answers = []
  for (const text of ['spared', '1', '2', '3', '4']) answers.push((await send(text)).status)
  expect(answers).toEqual([200, 200, 429, 429, 200])
  expect(await call('sendMessage', { chat_id: cast.boris.id, text: 'x' })).toMatchObject({ ok: true })
  expect(fault.hits()).toBe(2)
  const refused = world.ledger.of('sendMessage').filter(({ workDone }) => !workDone)
  expect(refused).toMatchObject(
    Array(2).fill({ answer: { error_code: 429, parameters: { retry_after: 7 } } }),
  )
  faults.add({ times: Number.POSITIVE_INFINITY }, flood)
  expect((await call('getMe')).status).toBe(429)
  faults.clear()
  expect((await call('getMe')).status).toBe(200)
})

it('fails before the work, or after it', async () => {
  const { send, faults, world, chat_id } = await start()
  faults.add({}, { kind: 'error_before', code: 502, description: 'Bad Gateway' })
  expect(await send('1')).toMatchObject({ status: 502, description: 'Bad Gateway' })
  expect(world.messages(chat_id)).toHaveLength(0)
  faults.add({}, { kind: 'error_after' })
  expect(await send('2')).toMatchObject({ status: 500, description: 'Internal Server Error' })
  expect(world.messages(chat_id)).toMatchObject([{ text: '2' }])
  expect(world.ledger.of('sendMessage').map(({ workDone }) => workDone)).toEqual([false, true])
})

it('answers late, or works late', async () => {
  const { send, faults, world, chat_id } = await start()
  const gate = Promise.withResolvers<void>()
  faults.add({}, { kind: 'late_answer', until: gate.promise })
  faults.add({}, { kind: 'late_work', until: gate.promise })
  const done = [send('answer'), send('work')]
  await vi.waitFor(() => expect(world.messages(chat_id)).toHaveLength(1), { timeout: 30_000 })
  const settled = vi.fn()
  for (const one of done) one.then(settled, settled)
  expect(await world.ledger.of('sendMessage').filter(({ workDone }) => workDone)).toHaveLength(1)
  expect(settled).not.toHaveBeenCalled()
  gate.resolve()
  expect(await Promise.all(done)).toMatchObject([{ ok: true }, { ok: true }])
  expect(world.messages(chat_id)).toHaveLength(2)
})

it('resets a connection in the middle of an upload', async () => {
  const { url, faults, world, chat_id } = await start()
  faults.add({ method: 'sendDocument' }, { kind: 'reset_upload', afterBytes: 100_000 })
  const failure = await new Promise((resolve) => {
    const upload = request(`${url}/bot${TOKEN}/sendDocument`, {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
    })
    upload.on('error', resolve)
    upload.on('response', () => resolve('an answer'))
    upload.write('--b\r\ncontent-disposition: form-data; name="document"; filename="a.bin"\r\n\r\n')
    upload.write(Buffer.alloc(200_000))
  })
  expect(failure).toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) })
  expect(world.messages(chat_id)).toHaveLength(0)
  const [entry] = world.ledger.of('sendDocument')
  expect(entry).toMatchObject({ workDone: false, answer: null, fault: 'reset_upload' })
  expect(entry?.bytesReceived).toBeGreaterThanOrEqual(100_000)
})

it('goes down and comes up on the same port', async () => {
  const { send, call, faults, url } = await start()
  const poll = call('getUpdates', { timeout: 50 })
  poll.catch(() => undefined)
  await send('before')
  await faults.down()
  await expect(poll).rejects.toThrow()
  await expect(fetch(url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
  await faults.up()
  expect(await send('after')).toMatchObject({ ok: true })
})

it('keeps the token out of the ledger', async () => {
  const { send, call, world } = await start()
  await send('x')
  await call('getUpdates')
  expect(JSON.stringify(world.ledger.entries())).not.toContain(TOKEN.split(':')[1])
})

it('survives addresses that nobody can read', async () => {
  const { url, call } = await start()
  for (const path of ['/bot%zz/getMe', `/file/bot${TOKEN}/%zz`, '/nothing']) {
    const answer = await fetch(url + path)
    expect([answer.status, await answer.json()]).toEqual([
      404,
      expect.objectContaining({ description: 'Not Found' }),
    ])
  }
  expect(await call('getMe')).toMatchObject({ ok: true })
})
