import { expect, test } from 'vitest'
import { livePlaylist, longPlaylist } from './playlists.ts'

test('the live playlist moves on with the clock and has no end', () => {
  const now = livePlaylist(20_000)
  expect(now).toContain('#EXT-X-MEDIA-SEQUENCE:10\n')
  expect(now).not.toContain('ENDLIST')
  expect(now.match(/240p-\d+\.ts/g)).toEqual(['240p-004.ts', '240p-005.ts', '240p-000.ts', '240p-001.ts'])
  expect(now).toContain('#EXT-X-DISCONTINUITY\n#EXTINF:2.0,\n/media/hls/240p-000.ts')
  expect(livePlaylist(22_000)).toContain('#EXT-X-MEDIA-SEQUENCE:11\n')
})

test('the long playlist is as long as it says, and ends', () => {
  const long = longPlaylist(12)
  const seconds = [...long.matchAll(/#EXTINF:([\d.]+)/g)].reduce((sum, found) => sum + Number(found[1]), 0)
  expect(seconds).toBe(12 * 3600)
  expect(long.endsWith('#EXT-X-ENDLIST\n')).toBe(true)
})
