import { once } from 'node:events'
import { connect } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findTools } from '../../src/playground/tools.ts'
import { pythonOf } from './python-tool.ts'
import { createFrameReader, type Frame, openConnection } from './resident-connection.ts'
import { type Ready, type Resident, startResident } from './start-resident.ts'

const PATIENCE_MS = 30_000
let resident: Resident
let ready: Ready
beforeAll(async () => {
  const { ytdlpPath } = findTools()
  resident = startResident(ytdlpPath, (await pythonOf(ytdlpPath)) ?? [], [])
  const told = await resident.ready
  if (!told) throw new Error(await resident.ended)
  ready = told
})
afterAll(() => resident.kill())

test('frames come whole, however the bytes come', () => {
  const bytes = Buffer.concat([
    Buffer.from('o\0\0\0\x03abc'),
    Buffer.from('e\0\0\0\0'),
    Buffer.from('x\0\0\0\x010'),
  ])
  for (const size of [1, 2, 7, bytes.length]) {
    const frames: string[] = []
    const read = createFrameReader(({ kind, payload }: Frame) => frames.push(`${kind}:${payload}`))
    for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size))
    expect(frames).toEqual(['o:abc', 'e:', 'x:0'])
  }
})

test('somebody else at its address is not spoken to', async () => {
  expect(await openConnection({ ...ready, token: 'another' }, PATIENCE_MS)).toBe(null)
  expect(await openConnection({ ...ready, address: '\0nobody' }, PATIENCE_MS)).toBe(null)
})

test('who does not know the token is given nothing', async () => {
  const socket = connect(ready.address)
  await once(socket, 'connect')
  const request = { token: 'a'.repeat(32), argv: ['--version'], dir: '/tmp', maxFileBytes: 1000 }
  socket.write(`${JSON.stringify(request)}\n`)
  const hello = await buffer(socket)
  expect([hello.subarray(0, 5).toString(), hello.length]).toEqual(['h\0\0\0 ', 5 + 32])
  expect(hello.includes(ready.token)).toBe(false)
  const good = await openConnection(ready, PATIENCE_MS)
  expect(good).not.toBe(null)
  good?.socket.destroy()
})
