import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { expect, test, vi } from 'vitest'
import { z } from 'zod'
import { processesIn } from '../testing/processes-in.ts'
import { testDir } from '../testing/services.ts'
import { startPostgres } from './postgres.ts'
import { startRedis } from './redis.ts'
import { startS3 } from './s3.ts'

/** As /root/x: closed to everybody but us. As root, PostgreSQL has to pass it as somebody else. */
async function closedDir(): Promise<string> {
  const dir = join(await testDir(), 'closed')
  await mkdir(dir, { mode: 0o700 })
  return dir
}

async function redisCommand(url: string, ...[command = '', ...args]: string[]): Promise<unknown> {
  const redis = new Redis(url)
  redis.on('error', () => undefined)
  try {
    return await redis.call(command, ...args)
  } finally {
    redis.disconnect()
  }
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

test('Redis keeps its data and never evicts', async () => {
  const dir = await closedDir()
  const first = await startRedis({ dir })
  await redisCommand(first.url, 'SET', 'key', 'kept')
  expect(await redisCommand(first.url, 'CONFIG', 'GET', 'maxmemory-policy')).toContain('noeviction')
  expect(await redisCommand(first.url, 'CONFIG', 'GET', 'appendfsync')).toContain('everysec')
  await first.stop()
  const second = await startRedis({ dir })
  expect(await redisCommand(second.url, 'GET', 'key')).toBe('kept')
  await expect(redisCommand(second.url.replace(/:[^:@]+@/, ':wrong@'), 'GET', 'key')).rejects.toThrow()
  await second.stop()
  expect(await processesIn(dir)).toEqual([])
})

test('PostgreSQL keeps its data', async () => {
  const dir = await closedDir()
  const first = await startPostgres({ dir })
  await query(first.url, 'CREATE TABLE t AS SELECT 42 AS answer')
  await first.stop()
  const second = await startPostgres({ dir })
  expect(await query(second.url, 'SELECT answer FROM t')).toEqual([{ answer: 42 }])
  await expect(query(second.url.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1')).rejects.toThrow(/password/)
  await expect(startPostgres({ dir })).rejects.toThrow(/another PostgreSQL runs/)
  await second.stop()
  expect(await processesIn(dir)).toEqual([])
})

test('the S3 server keeps its objects, and a taken port is no obstacle', async () => {
  const dir = await closedDir()
  const first = await startS3({ dir })
  const port = Number(new URL(first.endpoint).port)
  expect((await fetch(`${first.endpoint}/bucket`, { method: 'PUT' })).status).toBe(200)
  const elsewhere = await startS3({ dir: await closedDir(), port })
  expect(elsewhere.endpoint).not.toBe(first.endpoint)
  await Promise.all([first.stop(), elsewhere.stop()])
  const second = await startS3({ dir, port })
  expect(second.endpoint).toBe(first.endpoint)
  expect((await fetch(`${second.endpoint}/bucket`, { method: 'HEAD' })).status).toBe(200)
  await second.stop()
  expect(await processesIn(dir)).toEqual([])
})

test('all die with a parent that is killed, and start again on what it has left', async () => {
  const dir = await closedDir()
  const file = (name: string) => JSON.stringify(new URL(`${name}.ts`, import.meta.url).href)
  const parent = spawn(process.execPath, [
    '--input-type=module',
    '-e',
    `const { startRedis } = await import(${file('redis')})
     const { startPostgres } = await import(${file('postgres')})
     const { startS3 } = await import(${file('s3')})
     const dir = ${JSON.stringify(dir)}
     const all = await Promise.all([startRedis({ dir: dir + '/r' }), startPostgres({ dir: dir + '/p' }), startS3({ dir: dir + '/s' })])
     console.log(JSON.stringify(all))`,
  ])
  const [line] = await once(parent.stdout, 'data')
  const [redis, postgres] = z
    .tuple([z.object({ url: z.string() }), z.object({ url: z.string() })], z.unknown())
    .parse(JSON.parse(String(line)))
  await redisCommand(redis.url, 'SET', 'key', 'kept')
  await query(postgres.url, 'CREATE TABLE t AS SELECT 42 AS answer')
  expect((await processesIn(dir)).length).toBeGreaterThan(3)

  parent.kill('SIGKILL')
  await vi.waitFor(async () => expect(await processesIn(dir)).toEqual([]), 20_000)

  const again = await Promise.all([startRedis({ dir: `${dir}/r` }), startPostgres({ dir: `${dir}/p` })])
  expect(await redisCommand(again[0].url, 'GET', 'key')).toBe('kept')
  expect(await query(again[1].url, 'SELECT answer FROM t')).toEqual([{ answer: 42 }])
  await Promise.all(again.map((engine) => engine.stop()))
})

test('an engine that cannot start says why', async () => {
  const dir = await closedDir()
  await mkdir(join(dir, 'appendonlydir'))
  await mkdir(join(dir, 'appendonlydir', 'appendonly.aof.manifest'))
  await expect(startRedis({ dir })).rejects.toThrow(/Redis does not start:\n.*manifest/is)
  expect(await processesIn(dir)).toEqual([])
})

test('the data of PostgreSQL is nobody’s when we are root, and ours otherwise', async () => {
  const dir = await closedDir()
  const engine = await startPostgres({ dir })
  const owner = (await stat(join(dir, 'data'))).uid
  expect(owner).toBe(process.getuid?.() === 0 ? 65534 : process.getuid?.())
  await engine.stop()
})
