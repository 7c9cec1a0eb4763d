import { fileURLToPath } from 'node:url'

/** See the file itself: runs a command that dies, with all it started, when this process does. */
export const GUARD = fileURLToPath(new URL('guard.sh', import.meta.url))

/**
 * Kills a guarded process and everything it started. `pid` is the guard's own, which leads the group.
 * A process that has already ended is fine.
 */
export function killGroup(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
