import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { findProgram } from './programs.js'
import { run, SetupError } from './step.js'

const INSTALL = fileURLToPath(new URL('apt-install.sh', import.meta.url))

/**
 * How packages can be installed here.
 * @returns {{ prefix: string[], askPassword: boolean } | undefined} `prefix` makes a command root's
 */
export function aptAccess() {
  if (!findProgram('apt-get')) return undefined
  if (process.getuid?.() === 0) return { prefix: [], askPassword: false }
  if (!findProgram('sudo')) return undefined
  const free = spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0
  if (free) return { prefix: ['sudo', '-n'], askPassword: false }
  // The set-up asks nothing, but sudo may want its password where somebody can type it.
  return process.stdin.isTTY ? { prefix: ['sudo'], askPassword: true } : undefined
}

/**
 * @param {{ prefix: string[], askPassword: boolean }} access
 * @param {string[]} packages
 */
export async function aptInstall({ prefix, askPassword }, packages) {
  try {
    await run([...prefix, 'sh', INSTALL, ...packages], { askPassword })
  } catch (error) {
    const command = `apt-get install --no-install-recommends ${packages.join(' ')}`
    throw new SetupError(`${error.message}\nTry it by hand, as root: ${command}`)
  }
}
