import { Redis } from 'ioredis'
import { beforeAll, expect, test } from 'vitest'
import { createQueues } from '../../../queues/queues.ts'
import { testDatabase, testRedis } from '../../playground/testing/services.ts'
import { migrate } from '../../shared/db/migrate.ts'
import { createPool } from '../../shared/db/pool.ts'
import { createLogger } from '../../shared/logger.ts'
import { createLiveNumbers, LiveNumbers } from './live-numbers.ts'

const silent = createLogger('silent', 'web')

let service: Awaited<ReturnType<typeof testRedis>>
let url: string
beforeAll(async () => {
  ;[service, { url }] = await Promise.all([testRedis(), testDatabase()])
  await migrate(url)
})

/** It is about noon there now: no day ends while a test runs. */
function zoneWithNoon(): string {
  const eastward = 12 - new Date().getUTCHours()
  // The names have it the other way round.
  return `Etc/GMT${eastward < 0 ? '+' : '-'}${Math.abs(eastward)}`
}

test('what goes on now: jobs, and the deliveries, failures and people since midnight in REPORT_TZ', async () => {
  const db = createPool(url)
  const queues = createQueues(service.redis, service.prefix)
  const zone = zoneWithNoon()
  const midnight = `date_trunc('day', now() AT TIME ZONE '${zone}') AT TIME ZONE '${zone}'`
  const before = `${midnight} - interval '1 millisecond'`
  await db.query(`INSERT INTO downloads (id, created_at, bot, user_id, video_id, media_key, platform, source, size_bytes, cached, waited_ms)
    SELECT n::text, created_at, 'a', n, 'v', 'k', 'youtube', 'message', 1, false, 1
    FROM (VALUES (1, ${midnight}), (2, ${before}), (3, now())) AS given(n, created_at)`)
  await db.query(`INSERT INTO events (name, at, bot, user_id) VALUES
    ('download_failed', ${midnight}, 'a', 1), ('download_failed', ${before}, 'a', 1),
    ('link_received', now(), 'a', 1), ('link_received', now(), 'a', 1), ('bot_start', now(), 'b', 2),
    ('link_received', now() - interval '6 minutes', 'a', 5), ('download_completed', now(), 'a', 6)`)
  await db.query(`INSERT INTO daily_active (day, bot, user_id)
    SELECT (now() AT TIME ZONE '${zone}')::date - n, 'a', u FROM generate_series(0, 1) n, generate_series(1, 4 + n) u`)
  await queues.queue('analytics').addBulk([1, 2].map((n) => ({ name: 'analytics', data: { n } })))
  await queues.queue('fetch').add('fetch', {}, { delay: 3600_000 })
  const numbers = await createLiveNumbers({
    redis: service.redis,
    queues,
    reader: db,
    reportTz: zone,
    log: silent,
  })()
  expect(LiveNumbers.parse(numbers)).toMatchObject({
    ...{ eventBatchesWaiting: 2, peopleNow: 2, away: [] },
    today: { deliveries: 2, failures: 1, people: 4 },
    stages: { fetch: { waiting: 1, active: 0 }, analytics: { waiting: 2, active: 0 }, send: { waiting: 0 } },
  })
  await queues.close()
  await db.end()
})

test('without Redis, or without PostgreSQL, the rest is told, and what is away is named', async () => {
  const away = new Redis('redis://127.0.0.1:1', { enableOfflineQueue: false, maxRetriesPerRequest: 0 })
  away.on('error', () => undefined)
  const [here, gone] = [createPool(url), createPool('postgres://nobody@127.0.0.1:1/none')]
  const queues = createQueues(service.redis, service.prefix)
  const silentQueues = createQueues(away, service.prefix)
  const look = (redis: Redis, reader: typeof here) =>
    createLiveNumbers({
      redis,
      queues: redis === away ? silentQueues : queues,
      reader,
      reportTz: 'UTC',
      log: silent,
    })()
  expect(LiveNumbers.parse(await look(away, here))).toMatchObject({
    ...{
      stages: null,
      eventBatchesWaiting: null,
      today: { deliveries: expect.any(Number) },
      away: ['redis'],
    },
  })
  expect(LiveNumbers.parse(await look(service.redis, gone))).toMatchObject({
    ...{ stages: { send: {} }, today: null, peopleNow: null, away: ['postgresql'] },
  })
  expect((await look(away, gone)).away).toEqual(['redis', 'postgresql'])
  await Promise.allSettled([queues.close(), silentQueues.close(), here.end(), gone.end()])
  away.disconnect()
})
