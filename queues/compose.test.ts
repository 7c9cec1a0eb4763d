import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { readConfig, type SectionName } from '../src/shared/config.ts'
import { REGISTRY } from '../workers/registry.ts'
import { STAGE_NAMES } from './pipeline.ts'

const Service = z.object({
  image: z.string(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string().nullable()).default({}),
  ports: z.array(z.string()).default([]),
  networks: z.array(z.string()).default([]),
})
const Compose = z.object({ services: z.record(z.string(), Service) })

/** An option: compose does not ask for its passwords. */
const METABASE = { METABASE_PASSWORD: 'secret-of-12', METABASE_DB_PASSWORD: 'secret-of-12' }

const textOf = (name: string) => readFile(new URL(`../${name}`, import.meta.url), 'utf8')
const { services } = Compose.parse(parse(await textOf('docker-compose.yml'), { merge: true }))
const stages = Object.entries(services).filter(([, { image }]) => image === 'clipferry-worker')

/** What compose makes of a service's environment when .env holds nothing but what it must. */
function environmentOf(name: string): Record<string, string | undefined> {
  const given: Record<string, string> = { BOT_TOKEN: `123456:${'a'.repeat(35)}` }
  return Object.fromEntries(
    Object.entries(services[name]?.environment ?? {}).map(([key, value]) => [
      key,
      value?.replace(/\$\{(\w+)(?::-([^}]*)|:\?[^}]*)\}/g, (_, variable: string, fallback?: string) =>
        fallback === undefined ? (given[variable] ?? 'secret-of-12') : fallback,
      ),
    ]),
  )
}

test('there is a service for each stage, in the order of the pipeline, and its command is its name', () => {
  expect(stages.map(([name]) => name)).toEqual(STAGE_NAMES)
  for (const [name, { command }] of stages) expect([name, command]).toEqual([name, [name]])
})

test('nothing but the dashboards is published, and that on this host only', () => {
  const published = Object.entries(services).flatMap(([name, { ports }]) => ports.map((port) => [name, port]))
  expect(published).toEqual([
    ['web', expect.stringMatching(/^127\.0\.0\.1:/)],
    ['metabase', expect.stringMatching(/^127\.0\.0\.1:/)],
  ])
})

test('what opens untrusted links sees no storage, no database and no Bot API server', () => {
  for (const name of ['inspect', 'fetch'])
    expect(services[name]?.networks, name).toEqual(['sites', 'outside'])
  const near = Object.entries(services).filter(([, { networks }]) => networks.includes('sites'))
  expect(near.map(([name]) => name)).toEqual(['redis', 'web', 'inspect', 'fetch'])
})

test('only what talks to sites, to Telegram or to a webhook, and what is published, has a way out', () => {
  const ways = Object.entries(services).filter(([, { networks }]) => networks.includes('outside'))
  expect(ways.map(([name]) => name)).toEqual([
    'telegram-bot-api',
    'bot',
    'web',
    'inspect',
    'fetch',
    'report',
    'metabase',
  ])
})

test('the environment of every process of ours is complete', () => {
  readConfig(['common', 'telegram', 'bot', 'links', 'people', 'reporting'], environmentOf('bot'))
  readConfig(['common', 'web', 'reporting'], environmentOf('web'))
  for (const name of ['metabase-database', 'metabase-dashboards'])
    readConfig(['database', 'metabase'], { ...environmentOf(name), ...METABASE })
  readConfig(['database'], environmentOf('migrate'))
  for (const name of STAGE_NAMES)
    readConfig(['common', 'worker', ...REGISTRY[name].sections], environmentOf(name))
})

test('no stage holds a secret that it does not use', () => {
  const holders = (secret: string) =>
    stages.filter(([name]) => secret in environmentOf(name)).map(([name]) => name)
  const users = (section: SectionName) =>
    STAGE_NAMES.filter((name) => REGISTRY[name].sections.includes(section))
  expect(holders('BOT_TOKEN')).toEqual(users('telegram'))
  expect(holders('DATABASE_URL')).toEqual(users('database'))
  expect(holders('S3_SECRET_ACCESS_KEY')).toEqual(users('storage'))
  expect(holders('ALERT_WEBHOOK_URL')).toEqual(['report'])
})

test('.env.example explains every variable of the configuration and of compose, and no other', async () => {
  const names = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name]) => name)
  const read = new Set([
    ...names(await textOf('src/shared/config/services.ts'), /^ {2}([A-Z][A-Z0-9_]+):/gm),
    ...names(await textOf('src/shared/config/product.ts'), /^ {2}([A-Z][A-Z0-9_]+):/gm),
    ...names(await textOf('docker-compose.yml'), /\$\{(\w+)/g),
    ...STAGE_NAMES.map((name) => `CONCURRENCY_${name.toUpperCase()}`),
  ])
  const explained = names(await textOf('.env.example'), /^#?([A-Z][A-Z0-9_]+)=/gm)
  expect(explained.toSorted()).toEqual([...read].toSorted())
  const passedOn = Object.values(services).flatMap(({ environment }) =>
    Object.keys(environment).filter((key) => environment[key] === null),
  )
  for (const key of passedOn) expect(explained).toContain(key)
})
