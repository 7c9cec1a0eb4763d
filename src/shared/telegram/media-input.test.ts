import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InputFile } from 'grammy'
import { beforeAll, describe, expect, it } from 'vitest'
import { testDir } from '../../playground/testing/services.ts'
import { createMediaInput } from './media-input.ts'

let root = ''
let outside = ''
beforeAll(async () => {
  root = await testDir()
  outside = await testDir()
  await mkdir(join(root, 'a b'))
  await writeFile(join(root, 'a b', 'clip#1.mp4'), 'x')
  await writeFile(join(outside, 'secret'), 'x')
  await symlink(join(outside, 'secret'), join(root, 'link.mp4'))
})

describe('a file of ours', () => {
  it('is a file:// address in local mode', async () => {
    const input = await createMediaInput('local', root)({ path: join(root, 'a b', 'clip#1.mp4') })
    expect(input).toBe(`file://${root}/a%20b/clip%231.mp4`)
  })

  it('is streamed in cloud mode', async () => {
    const input = await createMediaInput('cloud', root)({ path: join(root, 'a b', 'clip#1.mp4') }, 'name.mp4')
    expect(input).toBeInstanceOf(InputFile)
    expect(input instanceof InputFile && input.filename).toBe('name.mp4')
  })

  it.each(['local', 'cloud'] as const)('must lie in our folder (%s)', async (mode) => {
    const input = createMediaInput(mode, root)
    for (const path of ['link.mp4', '../', '.', `../${outside.split('/').pop()}/secret`])
      await expect(input({ path: join(root, path) })).rejects.toThrow(RangeError)
    await expect(input({ path: '/etc/passwd' })).rejects.toThrow(RangeError)
    await expect(input({ path: `${root}-other` })).rejects.toThrow(/ENOENT/)
    await expect(input({ path: join(root, 'missing.mp4') })).rejects.toThrow(/ENOENT/)
    await expect(createMediaInput(mode, null)({ path: join(root, 'link.mp4') })).rejects.toThrow(RangeError)
  })
})

it('takes a file_id, and no other text', async () => {
  const input = createMediaInput('local', root)
  const fileId = 'BAACAgIAAxkDAAIBY2a-_xyz0123456789'
  expect(await input({ fileId })).toBe(fileId)
  const others = [
    'file:///etc/passwd',
    'https://example.com/a.mp4',
    'attach://x',
    'short',
    '',
    `${fileId}\n`,
    `/${fileId}`,
  ]
  for (const other of others) await expect(input({ fileId: other })).rejects.toThrow(RangeError)
})
