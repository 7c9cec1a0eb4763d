import { expect, test } from 'vitest'
import { planPackages } from './needs.js'

const machine = (...programs) => ({
  has: (name) => programs.includes(name),
  purposes: [],
  apt: true,
  ytdlp: false,
})
const FOR_START = ['redis-server', 'ffmpeg', 'ffprobe', 'python3']

test('a bare machine gets what the product runs on, and nothing for the tests', () => {
  expect(planPackages(machine()).packages).toEqual(['redis-server', 'ffmpeg', 'python3'])
})

test('tests and Ceph add theirs', () => {
  const plan = planPackages({ ...machine(...FOR_START), purposes: ['test', 'ceph'] })
  expect(plan.packages).toEqual(['chromium', 'faketime', 'ceph-mon', 'ceph-osd', 'radosgw'])
})

test('a complete machine gets nothing', () => {
  expect(planPackages(machine(...FOR_START))).toEqual({ packages: [], manual: [] })
})

test('half of ffmpeg is not enough', () => {
  expect(planPackages(machine('redis-server', 'ffmpeg', 'python3')).packages).toEqual(['ffmpeg'])
})

test('Python is for yt-dlp only', () => {
  expect(planPackages({ ...machine('redis-server', 'ffmpeg', 'ffprobe'), ytdlp: true }).packages).toEqual([])
})

test('where nothing can be installed, everything is listed at once', () => {
  const { packages, manual } = planPackages({ ...machine('python3'), apt: false })
  expect(packages).toEqual([])
  expect(manual).toEqual([expect.stringContaining('redis-server'), expect.stringContaining('ffprobe')])
})

test('what is optional is not asked for', () => {
  const plan = planPackages({ ...machine(...FOR_START, 'chromium'), purposes: ['test'], apt: false })
  expect(plan).toEqual({ packages: [], manual: [] })
})
