import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, expect, test, vi } from 'vitest'
import { ensureProduction, productionId } from '../queues/flow.ts'
import { createReplay } from '../queues/replay.ts'
import { createState } from '../queues/state.ts'
import { testDir, testRedis } from '../src/playground/testing/services.ts'
import { findTools } from '../src/playground/tools.ts'
import { sweepFailed } from './maintenance/sweep-failed.ts'

const { redis, url, prefix } = await testRedis()
const state = createState(redis, prefix)
const dir = await testDir()
afterAll(() => state.queues.close())

/** A worker process; one that is armed kills itself when it begins a fetch. */
function work(armed: boolean) {
  const { ytdlpPath, ffmpegPath, ffprobePath } = findTools()
  const child = spawn(process.execPath, ['workers/main.ts', 'fetch', 'transcode', 'publish'], {
    env: {
      ...{ PATH: process.env.PATH, REDIS_URL: url, REDIS_PREFIX: prefix, LOG_LEVEL: 'silent' },
      ...{ ARTIFACTS_DIR: dir, YTDLP_PATH: ytdlpPath, FFMPEG_PATH: ffmpegPath, FFPROBE_PATH: ffprobePath },
      ...{ LOCK_SECONDS: '1', STALLED_CHECK_SECONDS: '1', SHUTDOWN_GRACE_SECONDS: '0' },
      ...(armed ? { FAIL_POINTS: 'fetch.start:1' } : {}),
    },
    stdio: 'ignore',
  })
  return { child, exited: once(child, 'exit') }
}

test('a job that kills three workers is dead, its people are told, and a replay gives it a new life', async () => {
  const asker = { botId: 1, chatId: 7, userId: 7, threadId: null, messageId: 1 } as const
  const { requests, joins, queues, deadLetters } = state
  const ticket = await requests.create({ ...asker, chatType: 'private', language: 'en' }, 'u1', 'hash', 1)
  const mediaKey = 'site.1.v720.full.public'
  const joined = await joins.joinProduction({ ticket, botId: 1 }, mediaKey, Date.now())
  const generation = joined.how === 'waiting' ? joined.generation : 0
  const id = productionId(ticket, generation)
  const data = { ticket, mediaId: 'site.1', mediaKey, format: 'v720', linkHash: 'hash', generation }
  await ensureProduction(queues, joins, data, 1)
  const job = async () => await queues.queue('fetch').getJob(id)

  for (let crash = 1; crash <= 3; crash++) {
    expect(await (await job())?.isFailed(), `before crash ${crash}`).toBe(false)
    expect(await work(true).exited).toEqual([null, 'SIGKILL'])
    expect((await job())?.attemptsStarted).toBe(crash)
  }
  // The fourth does not begin it: it would die if it did.
  const fourth = work(true)
  try {
    await vi.waitFor(
      async () => expect(await requests.get(ticket)).toMatchObject({ state: 'failed', failure: 'stalled' }),
      { timeout: 60_000, interval: 50 },
    )
    expect(fourth.child.exitCode ?? fourth.child.signalCode).toBeNull()
  } finally {
    fourth.child.kill('SIGTERM')
    await fourth.exited
  }
  expect((await job())?.failedReason).toBe('job stalled more than allowable limit')
  expect(await sweepFailed(state, Date.now())).toBe(1)
  const [letter] = await deadLetters.list({ state: 'open' }, 9)
  expect(letter).toMatchObject({
    stage: 'fetch',
    jobId: id,
    code: 'stalled',
    crashes: 3,
    stderr: [],
    versions: {},
  })

  const replay = createReplay(state, { artifactMaxAgeMs: 3600_000 })
  expect(await replay.replay(letter?.id ?? '', 'command')).toMatchObject({
    outcome: { how: 'started', people: 1 },
  })
  const next = await requests.get(ticket)
  expect(await queues.queue('fetch').getJob(productionId(ticket, next?.generation ?? 0))).toMatchObject({
    stalledCounter: 0,
  })
}, 120_000)
