import { setTimeout as sleep } from 'node:timers/promises'
import { type Bot, BotError, GrammyError } from 'grammy'
import type { Update } from 'grammy/types'
import type { Logger } from '../shared/logger.ts'
import { classify } from '../shared/telegram/classify.ts'
import { clientSignal } from '../shared/telegram/client-signal.ts'
import { ALLOWED_UPDATES } from './create-bot.ts'
import { handleUpdates } from './handle-updates.ts'
import type { OneMoment } from './one-moment.ts'
import { StoreAway } from './store-away.ts'

const POLL_S = 25
const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 10_000
const CONFLICT_WAIT_MS = 3000
const CONFIRM_MS = 3000

interface PollerDeps {
  bot: Bot
  oneMoment: OneMoment
  log: Logger
}

/**
 * Takes updates as they come. Telegram forgets an update when a later `offset` is asked for, so the offset moves only
 * past updates that are handled: grammY's own loop moves it past those that failed, too. While an update cannot be
 * handled, it and those after it are asked for again, which also shows who else is waiting.
 */
export function createUpdatePoller({ bot, oneMoment, log }: PollerDeps) {
  const stopping = new AbortController()
  const { signal } = stopping
  let offset = 0
  /** What was handled beyond an update that was not, and comes again with it. */
  const handledAhead = new Set<number>()
  let failuresInARow = 0
  let isAway = false
  let running: Promise<void> | undefined

  const pause = (ms: number): Promise<void> => sleep(ms, undefined, { signal }).catch(() => undefined)
  const backOff = (): Promise<void> => {
    failuresInARow += 1
    return pause(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failuresInARow - 1)))
  }

  /** @returns null when Telegram cannot be asked now; the wait is over by then. */
  const ask = async (): Promise<Update[] | null> => {
    try {
      const timeout = failuresInARow > 0 ? 0 : POLL_S
      const asked = { offset, timeout, limit: 100, allowed_updates: ALLOWED_UPDATES }
      return await bot.api.getUpdates(asked, clientSignal(signal))
    } catch (error) {
      if (signal.aborted) return null
      const isConflict = error instanceof GrammyError && error.error_code === 409
      const fault = classify(error)
      log.warn({ fault: isConflict ? 'conflict' : fault.kind }, 'no updates')
      // Another process polls for the same bot, most likely the one that we replace.
      if (isConflict) await pause(CONFLICT_WAIT_MS)
      else if (fault.kind === 'flood') await pause(fault.retryAfterMs)
      else await backOff()
      return null
    }
  }

  /** @returns whether the update is done with. */
  const handle = async (update: Update): Promise<boolean> => {
    if (signal.aborted) return false
    if (handledAhead.has(update.update_id)) return true
    try {
      await bot.handleUpdate(update)
      handledAhead.add(update.update_id)
      return true
    } catch (error) {
      const reason = error instanceof BotError ? error.error : error
      const name = reason instanceof Error ? reason.name : typeof reason
      log.warn({ updateId: update.update_id, error: name }, 'update not handled yet')
      if (reason instanceof StoreAway) isAway = true
      return false
    }
  }

  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      const updates = await ask()
      if (!updates) continue
      isAway = false
      const left = await handleUpdates(updates, handle)
      offset = left[0]?.update_id ?? (updates.at(-1)?.update_id ?? offset - 1) + 1
      if (left.length === 0) {
        handledAhead.clear()
        failuresInARow = 0
        oneMoment.over()
        continue
      }
      if (isAway) oneMoment.tell(left)
      await backOff()
    }
  }

  return {
    /** Resolves when `stop` was called and the update at work is done. */
    run: (): Promise<void> => {
      running ??= loop()
      return running
    },

    /** Finishes the update at work, and tells Telegram which ones are handled. */
    async stop(): Promise<void> {
      stopping.abort()
      await running
      if (offset === 0) return
      const confirm = clientSignal(AbortSignal.timeout(CONFIRM_MS))
      // Without it the handled ones come again, which changes nothing but the replies.
      await bot.api
        .getUpdates({ offset, timeout: 0, limit: 1, allowed_updates: ALLOWED_UPDATES }, confirm)
        .catch(() => undefined)
    },
  }
}
