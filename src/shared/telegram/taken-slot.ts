import { AsyncLocalStorage } from 'node:async_hooks'
import type { Slot } from './gate.ts'

const slots = new AsyncLocalStorage<{ slot: Slot | null }>()

/** Makes `call` with what the gate has answered for it already: its first delivery need not ask, unless it must wait. */
export const withSlot = <T>(slot: Slot | null, call: () => Promise<T>): Promise<T> =>
  slot ? slots.run({ slot }, call) : call()

/** The slot of the delivery that is about to go out, once. */
export function takenSlot(): Slot | undefined {
  const holder = slots.getStore()
  const slot = holder?.slot
  if (holder) holder.slot = null
  return slot ?? undefined
}
