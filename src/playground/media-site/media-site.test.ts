import { execa } from 'execa'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { findTools } from '../tools.ts'
import { SAMPLE_MEDIA_DIR } from './make-media.ts'
import { createMediaSite } from './media-site.ts'

const site = createMediaSite({ dir: SAMPLE_MEDIA_DIR })
beforeAll(() => site.listen(), 180_000)
afterAll(() => site.close())
beforeEach(() => site.reset())

const get = (path: string, headers: Record<string, string> = {}) => fetch(site.origin + path, { headers })
const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer())

/** The first bytes of a body that may never end, and then hangs up. */
async function beginning(path: string, atLeastBytes: number): Promise<{ answer: Response; bytes: number }> {
  const stop = new AbortController()
  const answer = await fetch(site.origin + path, { signal: stop.signal })
  let bytes = 0
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length
    if (bytes >= atLeastBytes) break
  }
  stop.abort()
  return { answer, bytes }
}

async function probe(path: string, entries: string): Promise<string> {
  const { stdout } = await execa(findTools().ffprobePath, [
    '-v',
    'error',
    '-show_entries',
    entries,
    '-of',
    'csv=p=0',
    site.origin + path,
  ])
  return stdout.split('\n').filter(Boolean).join(' ')
}

test.each(['/files/ready.mp4', '/files/slow.mp4?bytesPerSecond=1e9'])(
  '%s can be had in ranges',
  async (path) => {
    const whole = await bytesOf(await get(path))
    const part = await get(path, { range: 'bytes=1000-1999' })
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 1000-1999/${whole.length}`])
    expect(await bytesOf(part)).toEqual(whole.subarray(1000, 2000))
    const rest = await get(path, { range: 'bytes=5000-' })
    expect(await bytesOf(rest)).toEqual(whole.subarray(5000))
  },
)

test('the hits are counted by path, without the query', async () => {
  await get('/files/ready.mp4')
  await get('/files/ready.mp4?again')
  await get('/watch/gone')
  expect([...site.hits]).toEqual([
    ['/files/ready.mp4', 2],
    ['/watch/gone', 1],
  ])
})

test('the flaky page fails twice, then works, and fails again after a reset', async () => {
  const statuses = async () => [
    (await get('/watch/flaky')).status,
    (await get('/watch/flaky')).status,
    (await get('/watch/flaky')).status,
  ]
  expect(await statuses()).toEqual([503, 503, 200])
  site.reset()
  expect(await statuses()).toEqual([503, 503, 200])
})

test('refusals have their status, and say when to come back', async () => {
  const statusOf = async (name: string) => (await get(`/watch/${name}`)).status
  const names = ['gone', 'removed', 'private', 'login', 'geo', 'ratelimited', 'down', 'constructor']
  expect(await Promise.all(names.map(statusOf))).toEqual([404, 410, 403, 401, 451, 429, 500, 404])
  expect((await get('/watch/ratelimited')).headers.get('retry-after')).toBe('30')
})

test('the bodies that misbehave do so', async () => {
  const endless = await beginning('/watch/endless?bytesPerSecond=1e9', 20 * 1024 * 1024)
  expect(endless.answer.headers.get('content-length')).toBeNull()
  expect(endless.bytes).toBeGreaterThanOrEqual(20 * 1024 * 1024)
  const huge = await beginning('/watch/huge', 1)
  expect(huge.answer.headers.get('content-length')).toBe(String(3 * 1024 ** 3))
  const stall = await beginning('/watch/stall', 64 * 1024)
  expect(stall.bytes).toBe(64 * 1024)
  expect(Number(stall.answer.headers.get('content-length'))).toBeGreaterThan(64 * 1024)
  const drip = await beginning('/watch/drip', 2)
  expect(drip.bytes).toBeLessThan(10)
})

test('every link of the front page is answered, and the front page shows all of them', async () => {
  const front = await (await get('/')).text()
  for (const { url } of site.links) {
    expect(front).toContain(`href="${url}"`)
    const answer = await fetch(url, { method: 'HEAD' })
    expect(answer.headers.get('x-powered-by')).toBeNull()
    if (url.includes('/files/')) expect([url, answer.status]).toEqual([url, 200])
  }
  expect(site.links[0]?.name).toBe('Harbour at dawn')
})

test.each([
  ['/files/ready.mp4', 'h264,640,360,yuv420p aac'],
  ['/files/plain.mp4', 'h264,1280,720,yuv420p aac'],
  ['/files/odd.mp4', 'h264,853,479,yuv444p aac'],
  ['/files/ten-bit.mp4', 'h264,640,360,yuv420p10le aac'],
  ['/files/silent.mp4', 'h264,640,360,yuv420p'],
  ['/files/hevc.mp4', 'hevc,640,360,yuv420p aac'],
  ['/files/clip.webm', 'vp9,640,360,yuv420p opus'],
  ['/files/song.m4a', 'aac mjpeg,360,360,yuvj420p'],
  ['/media/hls/480p.m3u8', 'h264,854,480,yuv420p aac'],
])('%s is %s', async (path, streams) => {
  const found = (await probe(path, 'stream=codec_name,width,height,pix_fmt')).replaceAll(',,', '').split(' ')
  // A playlist lists its streams twice: by programme too.
  expect([...new Set(found)].join(' ')).toBe(streams)
})

test('the upright video is turned, and the song has its tags', async () => {
  expect(await probe('/files/vertical.mp4', 'stream_side_data=rotation')).toMatch(/^-?90$/)
  expect(await probe('/files/song.m4a', 'format_tags=title,artist,album')).toBe(
    'Low tide,The Breakwaters,Harbour songs',
  )
})

test('the index is at the start of the ready file and at the end of the plain one', async () => {
  const indexComesFirst = async (path: string) => {
    const bytes = await bytesOf(await get(path))
    return bytes.indexOf('moov') < bytes.indexOf('mdat')
  }
  expect(await indexComesFirst('/files/ready.mp4')).toBe(true)
  expect(await indexComesFirst('/files/plain.mp4')).toBe(false)
})

test('trouble of the whole site lasts until it is told otherwise', async () => {
  site.trouble('error')
  expect((await get('/files/ready.mp4')).status).toBe(500)
  site.trouble('hang')
  const late = get('/files/ready.mp4')
  await vi.waitFor(() => expect(site.hits.get('/files/ready.mp4')).toBe(2), 10_000)
  const first = await Promise.race([
    late.then(() => 'answered'),
    get('/nothing').then(() => 'answered'),
    beat(),
  ])
  expect(first).toBe('silence')
  site.trouble(null)
  expect((await late).status).toBe(200)
})

/** Long enough for an answer on loopback to show that there is one. */
const beat = () => new Promise<string>((resolve) => setTimeout(resolve, 200, 'silence'))
