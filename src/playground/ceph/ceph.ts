import { execFile } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '../engines/free-port.ts'
import { type GuardedEngine, startEngine } from '../engines/guarded-engine.ts'
import { cephConf } from './ceph-conf.ts'

export type CephServer = {
  endpoint: string
  accessKeyId: string
  secretAccessKey: string
  stop(): Promise<void>
}

/**
 * The smallest Ceph that speaks S3: a monitor, one OSD that keeps objects in memory, and the gateway, on loopback
 * ports with all their files in `dir`. Unlike the embedded S3 server it checks signatures, pages and aborts.
 * Needs Debian's ceph-mon, ceph-osd and radosgw; takes about ten seconds.
 */
export async function startCeph(dir: string): Promise<CephServer> {
  const conf = join(dir, 'ceph.conf')
  const [fsid, osdUuid] = [randomUUID(), randomUUID()]
  const [monV2, monV1] = [await freePort(), await freePort()]
  for (const folder of ['mon', 'osd', 'rgw', 'run']) await mkdir(join(dir, folder), { recursive: true })
  await writeFile(conf, cephConf({ dir, fsid, monPort: monV2 }))
  // Relative names keep its sockets' paths short; the configuration has absolute ones for the rest.
  const run = (file: string, ...args: string[]) =>
    promisify(execFile)(file, args, { cwd: dir, env: { PATH: process.env.PATH, CEPH_CONF: conf } })

  const running: GuardedEngine[] = []
  const start = async (command: string[], ready: (port: number) => Promise<unknown>) => {
    const name = command[0] ?? ''
    const engine = await startEngine({
      name,
      command: (port) => [...command.map((word) => word.replace('PORT', String(port))), '--conf', conf],
      logFile: join(dir, `${name}.log`),
      ready,
      startTimeoutMs: 120_000,
    })
    running.unshift(engine)
    return engine
  }
  const stop = async () => {
    for (const engine of running) await engine.stop()
  }

  try {
    await makeKeys(run)
    const addresses = `[v2:127.0.0.1:${monV2},v1:127.0.0.1:${monV1}]`
    await run('monmaptool', '--create', '--fsid', fsid, '--addv', 'a', addresses, 'monmap')
    await run('ceph-mon', '-i', 'a', '--mkfs', '--monmap', 'monmap', '--keyring', 'keyring')
    await start(['ceph-mon', '-f', '-i', 'a'], () => run('ceph', '--connect-timeout', '5', 'mon', 'stat'))
    await run('ceph', 'osd', 'new', osdUuid)
    await run('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', osdUuid)
    await start(['ceph-osd', '-f', '-i', '0'], async () => {
      if (!(await run('ceph', 'osd', 'stat')).stdout.includes('1 up')) throw new Error('not up')
    })
    const gateway = ['radosgw', '-f', '-n', 'client.admin', '--rgw-frontends=beast endpoint=127.0.0.1:PORT']
    const { port } = await start(gateway, (at) => fetch(`http://127.0.0.1:${at}/`).then((r) => r.text()))
    const [accessKeyId, secretAccessKey] = [randomBytes(10), randomBytes(20)].map((b) => b.toString('hex'))
    if (accessKeyId === undefined || secretAccessKey === undefined) throw new Error('no keys')
    const keys = [`--access-key=${accessKeyId}`, `--secret-key=${secretAccessKey}`]
    await run('radosgw-admin', '-n', 'client.admin', 'user', 'create', '--uid=t', '--display-name=t', ...keys)
    return { endpoint: `http://127.0.0.1:${port}`, accessKeyId, secretAccessKey, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Keys are needed: without any ("auth none") the gateway hangs. */
async function makeKeys(run: (file: string, ...args: string[]) => Promise<unknown>): Promise<void> {
  const all = ['mon', 'osd', 'mds', 'mgr'].flatMap((kind) => ['--cap', kind, 'allow *'])
  await run(
    'ceph-authtool',
    '--create-keyring',
    'keyring',
    '--gen-key',
    '-n',
    'mon.',
    '--cap',
    'mon',
    'allow *',
  )
  await run('ceph-authtool', 'keyring', '--gen-key', '-n', 'client.admin', ...all)
  const osd = [
    '--cap',
    'mon',
    'allow profile osd',
    '--cap',
    'mgr',
    'allow profile osd',
    '--cap',
    'osd',
    'allow *',
  ]
  await run('ceph-authtool', 'keyring', '--gen-key', '-n', 'osd.0', ...osd)
}
