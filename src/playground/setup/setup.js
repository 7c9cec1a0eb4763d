/**
 * Sees to it that the machine has what `npm start` and `npm test` need, and is quick when it has. Plain JavaScript
 * without packages: it runs on the machine's own Node (20 or newer), before anything is installed.
 * `--test` adds what the tests need, `--bench` what the benchmark needs, `--ceph` the S3 server of `npm run test:s3`.
 */
import { aptAccess, aptInstall } from './apt.js'
import { installModules, modulesAreCurrent } from './modules.js'
import { planPackages } from './needs.js'
import { findFirst, findProgram } from './programs.js'
import { writeState } from './state.js'
import { SetupError, step } from './step.js'
import { findYtdlp, installYtdlp, YTDLP_FLOOR } from './yt-dlp.js'

const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

async function setUp(purposes) {
  if (Number(process.versions.node.split('.')[0]) < 20)
    throw new SetupError(
      `Clipferry needs Node 20 or newer; this is ${process.version}. See https://nodejs.org`,
    )
  const has = (name) => (name === 'chromium' ? findFirst(...CHROMIUM) : findProgram(name)) !== undefined
  let ytdlp = findYtdlp()
  const needed = (apt) => planPackages({ has, purposes, apt, ytdlp: ytdlp !== undefined })
  if (needed(true).packages.length > 0) {
    const access = aptAccess()
    const { packages, manual } = needed(access !== undefined)
    if (manual.length > 0) throw new SetupError(shoppingList(manual, ytdlp === undefined))
    const about = packages.length > 2 ? ' (about half a minute)' : ''
    if (access.askPassword) console.log('  sudo may ask for your password')
    await step(`Debian packages ${packages.join(', ')}${about}`, () => aptInstall(access, packages))
  }
  if (!modulesAreCurrent()) await step('npm packages (about 15 s)', installModules)
  ytdlp ??= await installYtdlp()
  if (ytdlp === undefined) throw new SetupError(shoppingList([], true))
  writeState(
    'tools.json',
    JSON.stringify({
      ytdlp,
      ffmpeg: process.env.FFMPEG_PATH || findProgram('ffmpeg'),
      ffprobe: process.env.FFPROBE_PATH || findProgram('ffprobe'),
      chromium: process.env.CHROMIUM_PATH || findFirst(...CHROMIUM),
    }),
  )
}

const shoppingList = (
  manual,
  ytdlp,
) => `Clipferry needs these, and cannot install them here. Please do, then run the command again:
${[
  ...manual,
  ...(ytdlp
    ? [`yt-dlp ${YTDLP_FLOOR} or newer, on PATH or at YTDLP_PATH: https://github.com/yt-dlp/yt-dlp/releases`]
    : []),
]
  .map((line) => `  - ${line}`)
  .join('\n')}`

try {
  await setUp(['test', 'bench', 'ceph'].filter((purpose) => process.argv.includes(`--${purpose}`)))
} catch (error) {
  const known = error instanceof SetupError || error.code === 'EACCES'
  console.error(`\n${known ? error.message : error.stack}\n`)
  process.exitCode = 1
}
