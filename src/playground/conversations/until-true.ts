import type { World } from '../bot-api/world.ts'

/** Far more than anything here takes on a busy machine; a test that waits so long has failed. */
const GIVE_UP_MS = 90_000

/**
 * Waits until `look` finds something, asked again after every change in the world.
 * @throws Error that says what was waited for (`what` is called then).
 */
export async function untilTrue<T>(
  world: Pick<World, 'onChange'>,
  look: () => T | undefined | null | false,
  what: () => string,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const check = () => {
    const found = look()
    if (found !== undefined && found !== null && found !== false) resolve(found)
  }
  const timer = setTimeout(() => reject(new Error(`waited for ${what()}`)), GIVE_UP_MS)
  const forget = world.onChange(check)
  check()
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    forget()
  }
}
