import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { testDir } from '../testing/services.ts'
import { cleanEnvironment, matches, modulesAreCurrent } from './modules.js'

const LOCK = { '': { version: '1.0.0' }, 'node_modules/a': { version: '1.2.3' } }

test.each([
  [{ 'node_modules/a': { version: '1.2.3' } }, true],
  [{ 'node_modules/a': { version: '1.2.2' } }, false],
  [{}, false],
])('installed %j', (installed, expected) => {
  expect(matches(LOCK, installed)).toBe(expected)
})

test('only an optional package may be absent, and not in another version', () => {
  const lock = { 'node_modules/a': { version: '1.2.3', optional: true } }
  expect(matches(lock, {})).toBe(true)
  expect(matches(lock, { 'node_modules/a': { version: '1.0.0' } })).toBe(false)
})

test('an install that did not end is no install, nor is one without Node', async () => {
  const root = await testDir()
  await writeFile(join(root, 'package-lock.json'), JSON.stringify({ packages: LOCK }))
  await mkdir(join(root, 'node_modules/a'), { recursive: true })
  expect(modulesAreCurrent(root)).toBe(false)
  await writeFile(join(root, 'node_modules/.package-lock.json'), JSON.stringify({ packages: LOCK }))
  expect(modulesAreCurrent(root)).toBe(false)
  await mkdir(join(root, 'node_modules/node/bin'), { recursive: true })
  await writeFile(join(root, 'node_modules/node/bin/node'), '')
  expect(modulesAreCurrent(root)).toBe(true)
})

test('npm ci hears nothing of the npm command that it runs in, except where the registry is', () => {
  const env = cleanEnvironment({
    PATH: '/x/node_modules/.bin:/usr/bin',
    HOME: '/home/x',
    npm_lifecycle_event: 'prestart',
    npm_config_prefix: '/elsewhere',
    npm_config_omit: 'dev',
    npm_config_registry: 'https://registry.example',
  })
  expect(env).toEqual({
    PATH: '/usr/bin',
    HOME: '/home/x',
    npm_config_registry: 'https://registry.example',
  })
})
