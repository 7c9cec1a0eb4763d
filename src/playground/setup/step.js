import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
/** All that the set-up and the playground keep; removing it starts afresh. */
export const STATE = join(ROOT, '.clipferry')
const LOG = join(STATE, 'logs', 'setup.log')

/** What a person can do something about: shown without a stack. */
export class SetupError extends Error {}

/**
 * Says what is being done and, at the end, how long it took.
 * @template T @param {string} what @param {() => Promise<T>} work
 * @param {string} [failure] what to say when it fails
 * @returns {Promise<T>}
 */
export async function step(what, work, failure = 'failed') {
  const startedAt = Date.now()
  process.stdout.write(`  ${what} … `)
  try {
    const result = await work()
    process.stdout.write(`done in ${Math.max(1, Math.round((Date.now() - startedAt) / 1000))} s\n`)
    return result
  } catch (error) {
    process.stdout.write(`${failure}\n`)
    throw error
  }
}

/**
 * Runs a command with its output in the log.
 * @param {string[]} command
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, askPassword?: boolean }} [options]
 *   `askPassword`: sudo may ask at the terminal
 * @throws {Error} with the end of its output when it fails
 */
export async function run([file, ...args], { cwd = ROOT, env = process.env, askPassword = false } = {}) {
  mkdirSync(dirname(LOG), { recursive: true, mode: 0o700 })
  const log = openSync(LOG, 'a')
  const from = statSync(LOG).size
  const code = await new Promise((resolve) => {
    const child = spawn(file, args, { cwd, env, stdio: [askPassword ? 'inherit' : 'ignore', log, log] })
    child.on('error', () => resolve(127))
    child.on('exit', resolve)
  })
  closeSync(log)
  if (code === 0) return
  const end = readFileSync(LOG).subarray(from).toString().trimEnd().split('\n').slice(-15).join('\n')
  throw new Error(`${file} failed (${code}). The end of ${LOG}:\n\n${end}\n`)
}
