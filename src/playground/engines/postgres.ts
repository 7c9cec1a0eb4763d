import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chown, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { type EngineLife, startEngine } from './guarded-engine.ts'
import { keptPassword } from './kept-password.ts'
import { asDataOwner, dataOwner, postgresPrograms } from './postgres-programs.ts'
import { clearStaleLock, postmasterPid } from './postmaster-lock.ts'

type Options = {
  dir: string
  port?: number
  /** false: nothing is forced to disk. For databases that nobody keeps. */
  durable?: boolean
}

/**
 * A PostgreSQL of our own on loopback, with its data in `dir`; the next start takes the same data up again.
 * @returns `url` of the superuser on the database `postgres`, with its password.
 */
export async function startPostgres({
  dir,
  port,
  durable = true,
}: Options): Promise<EngineLife & { url: string }> {
  const programs = await postgresPrograms()
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const data = join(dir, 'data')
  const passwordFile = join(dir, 'password')
  const password = await keptPassword(passwordFile)
  if (!existsSync(join(data, 'PG_VERSION'))) await initialise(programs, data, passwordFile)
  await clearStaleLock(data)
  const urlOf = (at: number) => `postgres://postgres:${password}@127.0.0.1:${at}/postgres`
  const engine = await startEngine({
    name: 'PostgreSQL',
    command: (at) => [...asDataOwner, join(programs, 'postgres'), '-D', data, ...settings(at, durable)],
    logFile: join(dir, 'postgres.log'),
    ready: (at) => connect(urlOf(at)),
    // Only its first process may hear it: to the checkpointer the same signal means something else.
    quit: async () => {
      const pid = await postmasterPid(data)
      if (pid !== undefined) process.kill(pid, 'SIGINT')
    },
    ...(port === undefined ? {} : { preferredPort: port }),
  })
  return { ...engine, url: urlOf(engine.port) }
}

const settings = (port: number, durable: boolean) =>
  [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    'max_connections=200',
    ...(durable ? [] : ['fsync=off', 'full_page_writes=off']),
  ].flatMap((setting) => ['-c', setting])

async function initialise(programs: string, data: string, passwordFile: string): Promise<void> {
  // What an interrupted first start has left is no database.
  await rm(data, { recursive: true, force: true })
  await mkdir(data, { mode: 0o700 })
  if (dataOwner !== undefined) await chown(data, dataOwner, dataOwner)
  const [file = '', ...args] = [...asDataOwner, join(programs, 'initdb'), '-D', data, '--username=postgres']
  const how = [
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
  ]
  try {
    await promisify(execFile)(file, [...args, ...how], { env: { PATH: process.env.PATH } })
  } catch (cause) {
    await rm(data, { recursive: true, force: true })
    throw new Error('PostgreSQL could not make its data folder', { cause })
  }
}

async function connect(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
  } finally {
    await client.end()
  }
}
