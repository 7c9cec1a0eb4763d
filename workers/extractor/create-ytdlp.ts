import type { Logger } from '../../src/shared/logger.ts'
import { readYtdlpVersion } from './check-ytdlp.ts'
import { ExtractionError } from './extractor.ts'
import type { RunYtdlp } from './follow-run.ts'
import { keepResident, type ResidentKeeper } from './keep-resident.ts'
import { fileState, locateTool } from './python-tool.ts'
import { runResident } from './run-resident.ts'
import { runYtdlp } from './run-ytdlp.ts'

export interface YtdlpSettings {
  ytdlpPath: string
  /** Kept imported, for which it needs command lines that reach no network. Without it each run is a new process. */
  resident?: { rehearsals: (version: string) => string[][]; log: Logger } | undefined
}

export interface Ytdlp {
  run: RunYtdlp
  /** Of the tool as it is now: it may be replaced while we run. */
  version(): Promise<string>
  /** Begins with what the first run would wait for. @returns whether it is kept imported from now on. */
  warmUp(): Promise<boolean>
  close(): void
}

interface Tool {
  version: string
  path: string
  state: string
  keeper: ResidentKeeper | null
}

/** The yt-dlp at a path, run in the way that is fastest just now. */
export function createYtdlp({ ytdlpPath, resident }: YtdlpSettings): Ytdlp {
  let known: Promise<Tool> | null = null
  let isClosed = false

  const learn = async (): Promise<Tool> => {
    const path = (await locateTool(ytdlpPath)) ?? ytdlpPath
    const state = await fileState(path)
    const version = await readYtdlpVersion(path)
    if (version === null) throw new ExtractionError('internal', { detail: 'yt-dlp does not run' })
    const keeper =
      resident && !isClosed
        ? keepResident({ tool: path, version, rehearsals: resident.rehearsals(version), log: resident.log })
        : null
    return { version, path, state, keeper }
  }

  const tool = async (): Promise<Tool> => {
    known ??= learn()
    const asked = known
    try {
      const found = await asked
      if ((await fileState(found.path)) === found.state) return found
      found.keeper?.close()
    } catch (error) {
      if (known === asked) known = null
      throw error
    }
    if (known === asked) known = learn()
    return await known
  }

  return {
    version: async () => (await tool()).version,
    warmUp: async () => (await (await tool()).keeper?.warm) ?? false,

    async run(run) {
      run.signal.throwIfAborted()
      const { path, keeper } = await tool()
      const connection = keeper ? await keeper.connect() : null
      // Nobody has said yet that a run begins: whoever is connected goes by himself.
      if (run.signal.aborted) connection?.socket.destroy()
      run.signal.throwIfAborted()
      return await (connection ? runResident(connection, run) : runYtdlp({ ...run, ytdlpPath: path }))
    },

    close() {
      isClosed = true
      void known?.then(
        ({ keeper }) => keeper?.close(),
        () => undefined,
      )
    },
  }
}
