import { pino } from 'pino'
import type { StageContext } from './context.ts'

/** What the bootstrap gives a handler, for tests: a first run that nobody stops and that says nothing. */
export function testContext(more: Partial<StageContext> = {}): StageContext {
  return {
    log: pino({ level: 'silent' }),
    signal: new AbortController().signal,
    attempt: 1,
    addedAtMs: Date.now(),
    failPoint: () => undefined,
    progress: () => undefined,
    ...more,
  }
}
