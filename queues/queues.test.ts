import { expect, test } from 'vitest'
import { startRedis } from '../src/playground/engines/redis.ts'
import { testDir } from '../src/playground/testing/services.ts'
import { createRedis } from '../src/shared/redis.ts'
import { productionFlow } from './flow.ts'
import { createState } from './state.ts'

test('a server that has forgotten every script gets them again', async () => {
  const engine = await startRedis({ dir: await testDir() })
  const redis = createRedis(engine.url, { role: 'worker' })
  const { queues } = createState(redis, 'p')
  const flow = (generation: number) =>
    productionFlow(
      {
        ticket: 'ABCDEF',
        mediaId: 's.1',
        mediaKey: 's.1.v1.full.public',
        format: 'v720',
        linkHash: 'h',
        generation,
      },
      1,
    )
  await queues.addFlow(flow(1))
  await redis.script('FLUSH')
  await queues.addFlow(flow(2))
  expect(await queues.queue('fetch').getJobState('ABCDEF-2')).toBe('prioritized')
  await queues.close()
  redis.disconnect()
  await engine.stop()
})
