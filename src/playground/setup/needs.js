/**
 * What the machine must have: `programs` are looked for on PATH, `package` is what Debian calls it. yt-dlp is not in
 * the list, as Debian's own is too old: yt-dlp.js. What is optional is brought where it can be, and never asked for.
 */
const NEEDS = [
  { programs: ['redis-server'], package: 'redis-server', why: 'Redis' },
  { programs: ['ffmpeg', 'ffprobe'], package: 'ffmpeg', why: 'ffmpeg and ffprobe' },
  { programs: ['python3'], package: 'python3', why: 'Python 3.10 or newer, which yt-dlp is written in' },
  {
    programs: ['chromium'],
    package: 'chromium',
    why: 'Chromium, in which the tests look at the pages',
    onlyFor: 'test',
  },
  {
    programs: ['faketime'],
    package: 'faketime',
    why: 'clocks that jump, while faults are played',
    onlyFor: 'test',
    isOptional: true,
  },
  { programs: ['curl'], package: 'curl', why: 'curl, which the benchmark uploads with', onlyFor: 'bench' },
  ...['ceph-mon', 'ceph-osd', 'radosgw'].map((name) => ({
    programs: [name],
    package: name,
    why: `${name}, a second S3 server to test against`,
    onlyFor: 'ceph',
  })),
]

/**
 * Decides what to do about what is missing.
 * @param {object} facts
 * @param {(program: string) => boolean} facts.has
 * @param {string[]} facts.purposes 'test', 'bench' and 'ceph' where those are wanted
 * @param {boolean} facts.apt whether packages can be installed here: there is apt, and we are root or may use sudo
 * @param {boolean} facts.ytdlp whether a yt-dlp that is new enough was found
 * @returns {{ packages: string[], manual: string[] }} one of them is empty
 */
export function planPackages({ has, purposes, apt, ytdlp }) {
  const missing = NEEDS.filter((need) => need.onlyFor === undefined || purposes.includes(need.onlyFor))
    .filter((need) => !(need.package === 'python3' && ytdlp))
    .filter((need) => !need.programs.every(has))
  if (apt) return { packages: missing.map((need) => need.package), manual: [] }
  const manual = missing.filter((need) => !need.isOptional)
  return { packages: [], manual: manual.map((need) => `${need.why}   (Debian package: ${need.package})`) }
}
