import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { testDir } from '../../src/playground/testing/services.ts'
import { interpreterOf, locateTool, pythonOf } from './python-tool.ts'

test.each([
  ['#!/usr/bin/python3', ['/usr/bin/python3']],
  ['#!/usr/bin/env python3', ['/usr/bin/env', 'python3']],
  ['#! /opt/venv/bin/python3.12 -sE', ['/opt/venv/bin/python3.12', '-sE']],
  ['#!/opt/pypy3', ['/opt/pypy3']],
  ['#!/bin/sh', null],
  ['#!/home/python/bin/bash', null],
  ['#!python3', null],
  ['\x7fELF python3', null],
  ['', null],
])('%j', (line, command) => expect(interpreterOf(line)).toEqual(command))

test('the first line of an archive counts as well, a file without lines has none', async () => {
  const path = join(await testDir(), 'tool')
  await writeFile(
    path,
    Buffer.concat([Buffer.from('#!/usr/bin/env python3\n'), Buffer.from([80, 75, 3, 4, 0])]),
  )
  expect(await pythonOf(path)).toEqual(['/usr/bin/env', 'python3'])
  await writeFile(path, '#!/usr/bin/python3')
  expect(await pythonOf(path)).toBe(null)
  expect(await pythonOf('/nowhere/tool')).toBe(null)
})

test('a name is looked up as a shell does', async () => {
  expect(await locateTool('sh')).toMatch(/^\/.*\/sh$/)
  expect(await locateTool('no-such-tool-of-ours')).toBe(null)
  expect(await locateTool('/opt/yt-dlp')).toBe('/opt/yt-dlp')
})
