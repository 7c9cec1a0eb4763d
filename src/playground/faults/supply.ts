import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../chaos/random.ts'
import { type Ask, isTold, mediaFor, newPerson, pressIfAsked } from './people.ts'
import type { ProductUnderFire } from './product-under-fire.ts'

const LOOK_EVERY_MS = 100

/** Kinds of links that nobody has asked for yet: each number is another media. */
const FRESH: ((n: number) => string)[] = [
  (n) => `/files/plain.mp4?n=${n}`,
  (n) => `/files/plain.mp4?n=${n}`,
  (n) => `/watch/vertical?n=${n}`,
  (n) => `/files/clip-${n}.mp4`,
]
/** What no attempt can mend: refused when it is asked about, and when it is fetched. */
const HOPELESS: ((n: number) => string)[] = [(n) => `/watch/gone?n=${n}`, (n) => `/watch/garbled?n=${n}`]

/**
 * People who ask for one link after the other: fresh ones while the heavy stages still need them, repeats of what
 * others had, and now and then one that cannot be had. Every other person has a standing choice, so that media come
 * as messages of their own as well as over tickets.
 */
export async function createSupply(
  { world, state, mediaSite }: ProductUnderFire,
  random: Random,
  { people }: { people: number },
) {
  const asks: Ask[] = []
  const had: string[] = []
  let isFreshWanted = true
  let isOver = false
  let number = 0

  const nextPath = (): string => {
    if (random.chance(isFreshWanted ? 0.05 : 0)) return random.pick(HOPELESS)(++number)
    if (had.length > 0 && random.chance(isFreshWanted ? 0.5 : 1)) return random.pick(had)
    return random.pick(FRESH)(++number)
  }

  const live = async (index: number) => {
    const person = newPerson(world)
    if (index % 2 === 0) await state.preferences.set(world.firstBot().id, person.user.id, 'v1080')
    while (!isOver) {
      const ask = person.ask(mediaSite.origin, nextPath())
      asks.push(ask)
      let hasPressed = false
      while (mediaFor(world, ask).length === 0 && !isTold(world, ask)) {
        if (!hasPressed) hasPressed = pressIfAsked(world, ask, /🎬/)
        await sleep(LOOK_EVERY_MS)
      }
      if (mediaFor(world, ask).length > 0) had.push(ask.path)
    }
  }
  const living = Promise.all(Array.from({ length: people }, (_, index) => live(index)))

  return {
    asks: asks as readonly Ask[],
    /** The stages that cost something have had enough: repeats will do. */
    spare: () => {
      isFreshWanted = false
    },
    /** Nobody asks again; resolves when all have their answer. */
    async end() {
      isOver = true
      await living
    },
  }
}
