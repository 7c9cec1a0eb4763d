import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench } from './bench.ts'
import { timeDelivery } from './delivery.ts'
import { atMostTimes, type Figure, type Measurement, median } from './figure.ts'
import { untilIdle } from './until-idle.ts'

const TURNS = 7
const PAGE = 'market'

/** Nothing of analytics is on the path of a download: with PostgreSQL away a first delivery takes no longer. */
export const withoutPostgres: Measurement = {
  ids: ['first-mp4-no-postgres'],
  async measure(bench): Promise<Figure[]> {
    const withIt: number[] = []
    const without: number[] = []
    // The first turn warms both.
    for (let turn = 0; turn <= TURNS; turn++) {
      withIt.push(await timeAlone(bench))
      await bench.engines.postgres.interrupt(
        (engine) => engine.kill(),
        async () => without.push(await timeAlone(bench)),
      )
      await untilWritten(bench)
    }
    for (const timed of [withIt, without]) timed.shift()
    return [
      atMostTimes(1.1, {
        id: 'first-mp4-no-postgres',
        what: 'first delivery of a 10 MB mp4 without PostgreSQL, next to one with it',
        value: median(without),
        unit: 'ms',
        floor: median(withIt),
      }),
    ]
  },
}

/** The death of a server, and its start, take the machine some time: neither is what a person waits for. */
async function timeAlone(bench: Bench): Promise<number> {
  await untilIdle()
  return await timeDelivery(bench, bench.newLink(PAGE))
}

/** What had waited for PostgreSQL is no part of the next delivery. */
async function untilWritten({ state }: Bench): Promise<void> {
  const queue = state.queues.queue('analytics')
  while ((await queue.getJobCountByTypes('wait', 'active', 'delayed')) > 0) await sleep(50)
}
