import { descendantsOf } from '../testing/process-tree.ts'

/**
 * Stops what a guard has started as a paused machine would: nothing answers, no connection is closed. The guard
 * itself goes on, so that even a frozen process dies with us.
 */
export const freezeGuarded = (guardPid: number): Promise<void> => signal(guardPid, 'SIGSTOP')

/** Lets it go on. */
export const thawGuarded = (guardPid: number): Promise<void> => signal(guardPid, 'SIGCONT')

async function signal(guardPid: number, name: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
  for (const { pid, command } of await descendantsOf(guardPid)) {
    if (/^sh \S*guard\.sh /.test(command)) continue
    try {
      process.kill(pid, name)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
    }
  }
}
