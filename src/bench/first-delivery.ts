import { KNOWN_SITE, timeByHand } from './by-hand.ts'
import { timeDelivery } from './delivery.ts'
import { atMostTimes, type Figure, type Measurement, median } from './figure.ts'

const TURNS = 7

interface Wanted {
  id: string
  page: string
  most: number
  what: string
}

/** From the update to the media, of a link that nobody has asked for yet: a page with ten megabytes. */
const firstDelivery = ({ id, page, most, what }: Wanted): Measurement => {
  const known = `${id}-known-site`
  return {
    ids: [id, known],
    async measure(bench): Promise<Figure[]> {
      const floors: number[] = []
      const knownFloors: number[] = []
      const values: number[] = []
      // The first turn warms both.
      for (let turn = 0; turn <= TURNS; turn++) {
        floors.push(await timeByHand(bench, bench.newLink(page)))
        knownFloors.push(await timeByHand(bench, bench.newLink(page), KNOWN_SITE))
        values.push(await timeDelivery(bench, bench.newLink(page)))
      }
      for (const timed of [floors, knownFloors, values]) timed.shift()
      const value = median(values)
      const knownFloor = median(knownFloors)
      return [
        atMostTimes(most, { id, what, value, unit: 'ms', floor: median(floors) }),
        {
          ...{ id: known, what: `${what}, against a yt-dlp that need not find the site` },
          ...{ value, unit: 'ms', floor: knownFloor, ratio: value / knownFloor, reach: null, holds: null },
        },
      ]
    },
  }
}

export const firstDeliveries: readonly Measurement[] = [
  firstDelivery({
    ...{ id: 'first-mp4', page: 'market', most: 0.5 },
    what: 'first delivery of a 10 MB mp4 from a page, update to media',
  }),
  firstDelivery({
    ...{ id: 'first-hls', page: 'market-hls', most: 0.7 },
    what: 'first delivery of 10 MB by HLS, update to media',
  }),
]
