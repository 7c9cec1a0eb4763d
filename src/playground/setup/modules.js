import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { ROOT, run, SetupError } from './step.js'

/**
 * Whether node_modules is what the lock file says. npm writes what it has installed into a lock file of its own as the
 * last thing, so a broken install has none.
 * @param {string} root the folder of package.json
 */
export function modulesAreCurrent(root = ROOT) {
  try {
    const wanted = readLock(join(root, 'package-lock.json'))
    const installed = readLock(join(root, 'node_modules/.package-lock.json'))
    return matches(wanted, installed) && existsSync(join(root, 'node_modules/node/bin/node'))
  } catch {
    return false
  }
}

const readLock = (path) => JSON.parse(readFileSync(path, 'utf8')).packages

/**
 * Optional packages may be absent, as they are for other machines; any other must be there in its version.
 * @param {Record<string, {version?: string, optional?: boolean, devOptional?: boolean}>} wanted
 * @param {Record<string, {version?: string}>} installed
 */
export function matches(wanted, installed) {
  return Object.entries(wanted).every(([path, { version, optional, devOptional }]) => {
    if (path === '') return true
    const found = installed[path]
    return found === undefined ? Boolean(optional || devOptional) : found.version === version
  })
}

/** Installs exactly what the lock file says, with the development packages, which hold the engines and Node 24. */
export async function installModules() {
  const env = cleanEnvironment(process.env)
  try {
    // Which install scripts may run is for npm 11 in package.json; older ones would run them all, and one of them
    // fails. Only Node's is needed: it fetches the program.
    await run(['npm', 'ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund'], { env })
    await run(['npm', 'rebuild', 'node', '--ignore-scripts=false'], { env })
  } catch (error) {
    throw new SetupError(`${error.message}\nIs the npm registry within reach? Try by hand: npm ci`)
  }
  if (!modulesAreCurrent())
    throw new SetupError('npm ci ended well, and yet node_modules is not what the lock file says')
}

/**
 * We run inside `npm start`. Its settings for this one command must not direct an install, and its folders with
 * programs come from the node_modules that is about to be replaced.
 * @param {NodeJS.ProcessEnv} env
 */
export function cleanEnvironment(env) {
  const kept = Object.entries(env).filter(
    ([name]) => !/^npm_(lifecycle|package|command|execpath|node)/.test(name),
  )
  const foreign =
    /^npm_config_(prefix|local_prefix|global|global_prefix|workspaces?|omit|include|only|production|dry_run|package_lock.*|ignore_scripts|if_present)$/
  const PATH = (env.PATH ?? '')
    .split(delimiter)
    .filter((dir) => !dir.includes('node_modules'))
    .join(delimiter)
  return { ...Object.fromEntries(kept.filter(([name]) => !foreign.test(name))), PATH }
}
