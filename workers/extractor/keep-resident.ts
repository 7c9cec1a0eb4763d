import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../../src/shared/logger.ts'
import { pythonOf } from './python-tool.ts'
import { openConnection, type ResidentConnection } from './resident-connection.ts'
import { type Ready, type Resident, startResident } from './start-resident.ts'

/** One that is about to be warm is still sooner than a plain run, which takes most of a second. */
const WARM_WITHIN_MS = 400
/** Importing takes seconds; one that takes so long is frozen. */
const WARM_LIMIT_MS = 120_000
/** A fork takes milliseconds, also on a busy machine; one that says nothing for so long is dead or frozen. */
const HELLO_WITHIN_MS = 2000
/** A resident that ends earlier than this has not ended by chance. */
const STEADY_MS = 60_000
const MAX_PAUSE_MS = 300_000

interface KeeperDeps {
  /** Where the tool really is. */
  tool: string
  version: string
  /** Command lines that reach no network. */
  rehearsals: readonly string[][]
  log: Logger
}

export interface ResidentKeeper {
  /** For one run; null when it has to go the plain way. */
  connect(): Promise<ResidentConnection | null>
  /** Whether the first start ended well. */
  warm: Promise<boolean>
  close(): void
}

interface Kept {
  resident: Resident
  ready: Ready | null
  startedMs: number
}

/**
 * Keeps a resident for one version of the tool: starts it at once, and again when it ends or hangs, with growing
 * pauses. A tool that Python cannot import, or that is not what it says, has none.
 */
export function keepResident({ tool, version, rehearsals, log }: KeeperDeps): ResidentKeeper {
  let kept: Kept | null = null
  let isOver = false
  let failures = 0

  const begin = async (): Promise<boolean> => {
    const interpreter = await pythonOf(tool)
    if (isOver) return false
    if (!interpreter) {
      log.info('yt-dlp is no Python program here: a process of its own for every run')
      return false
    }
    const resident = startResident(tool, interpreter, rehearsals)
    const mine: Kept = { resident, ready: null, startedMs: performance.now() }
    kept = mine
    void resident.ended.then((said) => startAgain(mine, said))
    const ready = await Promise.race([resident.ready, sleep(WARM_LIMIT_MS, null, { ref: false })])
    if (!ready) {
      resident.kill()
      return false
    }
    if (ready.version !== version) {
      log.info({ imported: ready.version, version }, 'yt-dlp imports as another version: it is not kept')
      close()
      return false
    }
    mine.ready = ready
    log.info({ version, warmMs: Math.round(performance.now() - mine.startedMs) }, 'yt-dlp is warm')
    return true
  }

  const tryToBegin = async (): Promise<boolean> => {
    try {
      return await begin()
    } catch (error) {
      log.warn({ err: error }, 'yt-dlp cannot be kept warm')
      return false
    }
  }

  const startAgain = async (one: Kept, said: string) => {
    if (kept === one) kept = null
    if (isOver) return
    failures = performance.now() - one.startedMs < STEADY_MS ? failures + 1 : 0
    const pauseMs = failures < 2 ? 0 : Math.min(MAX_PAUSE_MS, 1000 * 2 ** (failures - 2))
    log.warn({ said: said || undefined, pauseMs }, 'the warm yt-dlp has ended, starting it again')
    await sleep(pauseMs, undefined, { ref: false })
    if (!isOver) await tryToBegin()
  }

  const close = () => {
    isOver = true
    kept?.resident.kill()
    kept = null
  }

  return {
    close,
    warm: tryToBegin(),

    async connect() {
      const used = kept
      if (!used) return null
      if (!used.ready) await Promise.race([used.resident.ready, sleep(WARM_WITHIN_MS, null, { ref: false })])
      if (!used.ready || isOver) return null
      const connection = await openConnection(used.ready, HELLO_WITHIN_MS)
      // Its end starts it again.
      if (!connection) used.resident.kill()
      return connection
    },
  }
}
