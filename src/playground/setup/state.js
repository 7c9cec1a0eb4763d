import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { STATE } from './step.js'

/**
 * Writes a file of the state folder. @param {string} name @param {string} content
 * @param {'w' | 'a'} [flag] `a` appends
 */
export function writeState(name, content, flag = 'w') {
  const path = join(STATE, name)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  writeFileSync(path, content, { flag, mode: 0o600 })
}
