import { once } from 'node:events'
import { execa } from 'execa'
import { GUARD, killGroup } from '../../shared/guarded-process.ts'

/**
 * Waits for the exclusive lock of a file and gives the function that releases it. The lock is the kernel's
 * (flock of util-linux), so a process that is killed cannot leave it behind.
 */
export async function lockFile(path: string): Promise<() => Promise<void>> {
  const holder = execa(GUARD, ['flock', path, 'sh', '-c', 'echo locked; exec sleep infinity'], {
    reject: false,
  })
  const locked = await Promise.race([once(holder.stdout, 'data'), holder])
  if (!Array.isArray(locked)) throw new Error(`flock failed: ${locked.stderr || locked.shortMessage}`)
  return async () => {
    if (holder.pid) killGroup(holder.pid)
    await holder
  }
}
