import { setTimeout as sleep } from 'node:timers/promises'
import { type Ask, isTold, mediaFor, newPerson } from './people.ts'
import type { ProductUnderFire } from './product-under-fire.ts'

const LOOK_EVERY_MS = 100
/** Everybody of them brings one person, who brings the next. */
const PATH = '/files/clip-0.mp4'

/** People who come by somebody's link and get a file, for which who brought them gets a bonus. */
export function createGuests({ world, state, mediaSite }: ProductUnderFire) {
  const { id: botId } = world.firstBot()
  const asks: Ask[] = []
  let isOver = false

  const untilSeen = async (userId: number) => {
    while ((await state.people.get(botId, userId)).firstSeenMs === null) await sleep(LOOK_EVERY_MS)
  }
  const live = async () => {
    let payload = ''
    while (!isOver) {
      const guest = newPerson(world)
      await state.preferences.set(botId, guest.user.id, 'v1080')
      world.sendText(guest.user, guest.chat, `/start ${payload}`.trim())
      await untilSeen(guest.user.id)
      const ask = guest.ask(mediaSite.origin, PATH)
      asks.push(ask)
      while (mediaFor(world, ask).length === 0 && !isTold(world, ask)) await sleep(LOOK_EVERY_MS)
      payload = `ref_${await state.referrals.codeOf(botId, guest.user.id)}`
    }
  }
  const living = Promise.all([live(), live()])

  return {
    asks: asks as readonly Ask[],
    /** Nobody comes again; resolves when all have their answer. */
    async end() {
      isOver = true
      await living
    },
  }
}
