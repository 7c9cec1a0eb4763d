import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench } from './bench.ts'
import { timeManyByHand } from './by-hand.ts'
import { timeCrowd, timeDelivery } from './delivery.ts'
import { atMostTimes, type Figure, type Measurement, median } from './figure.ts'

const PEOPLE = 20
const TURNS = 3
/** Longer than what Telegram's limits and our gate look back on. */
const STILL_MS = 4000
/** core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this */
const CALLS_PER_SECOND = 30

const times = <T>(make: () => T): T[] => Array.from({ length: PEOPLE }, make)

export const manyLinks: Measurement = {
  ids: ['twenty-links'],
  async measure(bench): Promise<Figure[]> {
    const floors: number[] = []
    const values: number[] = []
    for (let turn = 0; turn < TURNS; turn++) {
      floors.push(
        await timeManyByHand(
          bench,
          times(() => bench.newLink('market')),
        ),
      )
      values.push(
        await timeCrowd(
          bench,
          times(() => bench.newLink('market')),
        ),
      )
    }
    return [
      atMostTimes(0.8, {
        ...{ id: 'twenty-links', what: `${PEOPLE} people, ${PEOPLE} links at once: the last one's media` },
        ...{ value: median(values), unit: 'ms', floor: median(floors) },
      }),
    ]
  },
}

export const oneLink: Measurement = {
  ids: ['twenty-people'],
  async measure(bench): Promise<Figure[]> {
    const floors: number[] = []
    const values: number[] = []
    for (let turn = 0; turn < TURNS; turn++) {
      const one = await timeDelivery(bench, bench.newLink('market'))
      // As on any other day: nobody has called Telegram for a while.
      await sleep(STILL_MS)
      const link = bench.newLink('market')
      const [calls, fetches] = [callsOf(bench).length, await fetchesOf(bench)]
      values.push(
        await timeCrowd(
          bench,
          times(() => link),
        ),
      )
      if ((await fetchesOf(bench)) !== fetches + 1) throw new Error('one link was fetched more than once')
      floors.push(one + mustWaitMs(callsOf(bench).length - calls, one))
    }
    return [
      atMostTimes(1.3, {
        ...{ id: 'twenty-people', what: `${PEOPLE} people, one link, one download: the last one's media` },
        ...{ value: median(values), unit: 'ms', floor: median(floors) },
      }),
    ]
  },
}

/** What Telegram counts: tickets and media alike. */
const callsOf = ({ world }: Bench) => world.ledger.of(/^(send|editMessage)/)

const fetchesOf = ({ state }: Bench) => state.queues.queue('fetch').getCompletedCount()

/** How much later than `doneMs` so many calls end at best, with 30 in any second from the first one on. */
function mustWaitMs(calls: number, doneMs: number): number {
  const lastMs = Math.floor((calls - 1) / CALLS_PER_SECOND) * 1000
  return Math.max(0, lastMs - doneMs)
}
