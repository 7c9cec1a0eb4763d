import { readFile, readlink, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** The pid of the PostgreSQL that runs (or ran last) on this data folder. */
export async function postmasterPid(data: string): Promise<number | undefined> {
  const lock = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number(lock.split('\n')[0])
  return Number.isInteger(pid) && pid > 0 ? pid : undefined
}

/**
 * Removes the lock that a killed PostgreSQL has left. PostgreSQL does so itself, unless the pid in it is alive again
 * as something else, which in a container it often is. A real one works in its data folder, so that tells them apart.
 * @throws Error when a real one still runs there after `patienceMs` (one that is being killed needs a moment).
 */
export async function clearStaleLock(data: string, patienceMs = 5000): Promise<void> {
  const giveUpAt = Date.now() + patienceMs
  const folder = await realpath(data)
  for (;;) {
    const pid = await postmasterPid(data)
    if (pid === undefined) return
    // Not readable: somebody else's process, so not ours.
    const workingFolder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined)
    if (workingFolder !== folder) return rm(join(data, 'postmaster.pid'), { force: true })
    if (Date.now() > giveUpAt)
      throw new Error(`another PostgreSQL runs on ${data} (process ${pid}): stop it first`)
    await sleep(50)
  }
}
