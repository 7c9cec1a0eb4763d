import { AsyncLocalStorage } from 'node:async_hooks'

const checks = new AsyncLocalStorage<() => Promise<void>>()

/**
 * Makes `call` with a check right before the message goes out, when the gate has let it pass: what was true before a
 * wait at the gate need not be true after it. What the check throws, the call throws, and nothing is sent.
 */
export const withLastCheck = <T>(check: () => Promise<void>, call: () => Promise<T>): Promise<T> =>
  checks.run(check, call)

export const lastCheck = async (): Promise<void> => await checks.getStore()?.()
