import { readFileSync } from 'node:fs'
import { execa } from 'execa'
import { z } from 'zod'
import { GUARD } from '../src/shared/guarded-process.ts'

/** What ran when something failed, by name. */
export type Versions = () => Promise<Record<string, string>>

const OURS = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))).version

/**
 * The versions of this process and of the tools that its stage runs, asked for when something fails for the first time.
 * A tool that does not say is left out: that may be why it failed.
 */
export function createVersions(tools: Record<string, () => Promise<string | null>>): Versions {
  let asked: Promise<Record<string, string>> | undefined
  const ask = async () => {
    const versions: Record<string, string> = { clipferry: OURS, node: process.versions.node }
    for (const [name, versionOf] of Object.entries(tools)) {
      const version = await versionOf().catch(() => null)
      if (version) versions[name] = version
    }
    // What did not answer is asked again.
    if (Object.keys(versions).length < Object.keys(tools).length + 2) asked = undefined
    return versions
  }
  return () => {
    asked ??= ask()
    return asked
  }
}

/** As ffmpeg names itself: `ffmpeg version 5.1.6-0+deb12u1 Copyright …`. */
export async function ffmpegVersion(command: string): Promise<string | null> {
  const { stdout } = await execa(GUARD, [command, '-version'], {
    reject: false,
    timeout: 10_000,
    killSignal: 'SIGKILL',
  })
  return /^ffmpeg version (\S{1,60})/.exec(stdout)?.[1] ?? null
}
