import { type AnalyticsEvent, eventId } from '../../queues/event.ts'
import { createState } from '../../queues/state.ts'
import { createRedis } from '../shared/redis.ts'
import { type Figure, type Measurement, median } from './figure.ts'

const LONE = 1000
const TOGETHER = 20_000
const MOST_MS = 1

/** What an event costs the bot: one by itself, and many that come at once. */
export const publishing: Measurement = {
  ids: ['publish', 'publish-many'],
  async measure({ services }): Promise<Figure[]> {
    const redis = createRedis(services.REDIS_URL, { role: 'producer' })
    await new Promise((ready) => redis.once('ready', ready))
    const { events, queues } = createState(redis, 'bench-publish')
    const [lone, pings]: [number[], number[]] = [[], []]
    for (let n = 0; n < LONE; n++) {
      pings.push(await timeOf(() => redis.ping()))
      lone.push(await timeOf(() => events.publish(eventOf(n))))
    }
    const many = Array.from({ length: TOGETHER }, (_, n) => eventOf(LONE + n))
    const together = (await timeOf(() => Promise.all(many.map(events.publish)))) / TOGETHER
    await queues.queue('analytics').obliterate({ force: true })
    await queues.close()
    redis.disconnect()
    const [value, floor] = [median(lone), median(pings)]
    return [
      {
        ...{ id: 'publish', what: 'the bot publishes an event, next to a bare PING' },
        ...{ value, unit: 'ms', floor, ratio: value / floor, reach: 'under 1 ms', holds: value < MOST_MS },
      },
      {
        ...{ id: 'publish-many', what: 'the bot publishes one of many events that come at once' },
        ...{ value: together, unit: 'ms', floor: null, ratio: null },
        ...{ reach: 'under 1 ms', holds: together < MOST_MS },
      },
    ]
  },
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

const eventOf = (n: number): AnalyticsEvent => ({
  ...{ id: eventId('link_received', 'bench', n), name: 'link_received', atMs: Date.now() },
  ...{ botId: 7, userId: n % 500, source: 'message', links: 1 },
})
