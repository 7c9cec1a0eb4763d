import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from './programs.js'
import { run } from './step.js'
import { versionAtLeast } from './version.js'

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'
/** Backports first: its list is small. Both are pure Python and run on any machine with a Python that is new enough. */
const SUITES = ['trixie-backports', 'sid']

/**
 * Unpacks the newest yt-dlp package of Debian into `dir`, with a program `dir/yt-dlp` that runs it. apt works on a
 * source list, package lists and a cache of its own: the system's stay as they are, and nothing is installed.
 * @param {string} dir @param {string} floor
 */
export async function debianYtdlp(dir, floor) {
  if (!findProgram('apt-get') || !existsSync(KEYRING)) throw new Error(`no apt here, or no ${KEYRING}`)
  let reason
  for (const suite of SUITES) {
    const work = `${dir}-download`
    try {
      await unpack(suite, work, dir)
      const version = execFileSync(join(dir, 'yt-dlp'), ['--version'], { encoding: 'utf8' }).trim()
      if (versionAtLeast(version, floor)) return
      reason = new Error(`${suite} has ${version} only`)
    } catch (error) {
      reason = error
    } finally {
      rmSync(work, { recursive: true, force: true })
    }
  }
  throw reason
}

async function unpack(suite, work, dir) {
  for (const folder of [dir, work]) rmSync(folder, { recursive: true, force: true })
  for (const folder of [join(work, 'lists'), join(work, 'cache'), dir]) mkdirSync(folder, { recursive: true })
  writeFileSync(join(work, 'sources.list'), `deb [signed-by=${KEYRING}] ${debianMirror()} ${suite} main\n`)
  const apt = [
    'apt-get',
    ...Object.entries({
      'Dir::Etc::sourcelist': join(work, 'sources.list'),
      'Dir::Etc::sourceparts': '/dev/null',
      'Dir::Etc::preferences': '/dev/null',
      'Dir::Etc::preferencesparts': '/dev/null',
      'Dir::State::lists': join(work, 'lists'),
      'Dir::Cache': join(work, 'cache'),
      'Acquire::Languages': 'none',
      // As root, apt would read and write here as a user who cannot get to this folder.
      'APT::Sandbox::User': 'root',
    }).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
  ]
  await run([...apt, 'update'], { cwd: work })
  await run([...apt, 'download', 'yt-dlp'], { cwd: work })
  const file = readdirSync(work).find((name) => name.endsWith('.deb'))
  if (file === undefined) throw new Error(`${suite} has no yt-dlp`)
  await run(['dpkg-deb', '-x', join(work, file), dir])
  writeFileSync(join(dir, 'yt-dlp'), wrapper())
  chmodSync(join(dir, 'yt-dlp'), 0o755)
}

/** Debian's own Python, before one that a person has put in front of it. */
const wrapper = () => `#!${existsSync('/usr/bin/python3') ? '/usr/bin/python3' : '/usr/bin/env python3'}
import os
import sys

here = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(here, 'usr/lib/python3/dist-packages'))
from yt_dlp import main

if __name__ == '__main__':
    sys.exit(main())
`

/** The mirror that this machine gets Debian from. */
function debianMirror() {
  const format = '$(REPO_URI) $(ORIGIN) $(CODENAME)'
  const targets = execFileSync('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'], {
    encoding: 'utf8',
  })
  const main = targets.match(/^(\S+) Debian [a-z]+$/m)?.[1]
  return main ?? 'http://deb.debian.org/debian'
}
