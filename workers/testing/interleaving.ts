/** Thrown into an actor at one of its steps: its process has died there. */
export class Crash extends Error {}

/** mulberry32: the same seed, the same numbers from 0 to 1. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Steps of others; a job whose worker died waits long for another one. */
const LONGEST_SLEEP = 80

const RESEND_CHANCE = 0.03

interface Actor {
  name: string
  act: (through: Through) => Promise<unknown>
  /** Lets the actor take the step at which it waits. */
  go: (() => void) | null
  crashesLeft: number
  /** Until this step nobody notices that it has died. */
  asleepUntil: number
}

/** Wraps what an actor uses, so that every call of a method is a step of its own. */
export type Through = <T extends object>(used: T) => T

/**
 * Runs actors of which one takes one step at a time, in an order that the seed decides, so that every race is played
 * by some seed and played again by the same one. An actor may die at any step, before it or after it (its answer is
 * lost), and is then begun again, as a job is; a call may be made twice.
 */
export function createInterleaving(seed: number, crashChance: number) {
  const random = seeded(seed)
  const actors = new Set<Actor>()
  let failure: unknown = null
  let steps = 0
  /** Called when the running actor waits for its next step, or has ended. */
  let yielded: () => void = () => undefined

  const through = (actor: Actor): Through => {
    const step = async (call: () => unknown): Promise<unknown> => {
      await new Promise<void>((go) => {
        actor.go = go
        yielded()
      })
      const dies = actor.crashesLeft > 0 && random() < crashChance
      if (!dies) {
        // A connection that breaks before the answer sends the command again.
        if (random() < RESEND_CHANCE) await call()
        return await call()
      }
      actor.crashesLeft--
      if (random() < 0.5) await call()
      throw new Crash()
    }
    return (used) =>
      new Proxy(used, {
        get(target, property) {
          const value: unknown = Reflect.get(target, property)
          if (typeof value !== 'function') return value
          return (...args: unknown[]) => step(() => value.apply(target, args))
        },
      })
  }

  const begin = (actor: Actor) => {
    const end = (error: unknown) => {
      if (error instanceof Crash) {
        actor.asleepUntil = steps + random() * LONGEST_SLEEP
        actor.go = () => begin(actor)
        return yielded()
      }
      actors.delete(actor)
      failure ??= error
      yielded()
    }
    actor.act(through(actor)).then(() => end(null), end)
  }

  return {
    random,
    /** Somebody more; may be called by a step of another one. */
    add(name: string, act: Actor['act'], crashes = 2): void {
      const actor: Actor = { name, act, go: null, crashesLeft: crashes, asleepUntil: 0 }
      actors.add(actor)
      // Like everything else, the beginning is a step.
      actor.go = () => begin(actor)
    },
    /** Plays until nobody has anything left to do. @throws what an actor threw. */
    async play(): Promise<void> {
      while (actors.size > 0 && failure === null) {
        steps++
        const waiting = [...actors].filter(({ go }) => go !== null)
        const awake = waiting.filter(({ asleepUntil }) => asleepUntil <= steps)
        const ready = awake.length > 0 ? awake : waiting
        const actor = ready[Math.floor(random() * ready.length)]
        if (!actor) throw new Error('nobody can go on')
        const { go } = actor
        actor.go = null
        await new Promise<void>((resolve) => {
          yielded = resolve
          go?.()
        })
      }
      if (failure !== null) throw failure
    },
  }
}
