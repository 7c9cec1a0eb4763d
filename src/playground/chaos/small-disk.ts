import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'

const SIZE_MB = 128
const BLOCK = Buffer.alloc(256 * 1024)

/** Whether `unshare` can give a program mounts of its own here, which the kernel takes away with its last process. */
export const canHaveOwnMounts = (): boolean =>
  process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'true'], { stdio: 'ignore' }).status === 0

/** Mounts a small disk on a folder that it makes. For a process with mounts of its own. */
export function mountSmallDisk(dir: string) {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m,mode=700`, 'clipferry-chaos', dir])
  const ballast = join(dir, 'ballast')
  return {
    /** Takes all the room that is left. */
    async fill(): Promise<void> {
      const file = await open(ballast, 'w')
      try {
        for (;;) await file.write(BLOCK)
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
      } finally {
        await file.close()
      }
    },
    clear: () => rmSync(ballast, { force: true }),
    unmount: () => execFileSync('umount', ['--lazy', dir]),
  }
}

export type SmallDisk = ReturnType<typeof mountSmallDisk>
