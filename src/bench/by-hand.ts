import { execa } from 'execa'
import { formatSelector } from '../../workers/extractor/format-selector.ts'
import { type Bench, methodsUrl } from './bench.ts'

/** What somebody would type: yt-dlp with our choice of format, then one upload of the file. */
const BY_HAND = `set -e
"$YTDLP" --ignore-config --no-cache-dir --no-playlist $OPTIONS -q -f "$FORMAT" -o "$FOLDER/media.%(ext)s" -- "$LINK"
curl -sS --fail -o "$FOLDER/answer" -F chat_id="$CHAT" -F video=@"$(echo "$FOLDER"/media.*)" "$BOT_API/sendVideo"`

/** For a link of a site that yt-dlp knows: it need not try the patterns of all others first. */
export const KNOWN_SITE = '--use-extractors generic,html5'

async function environment(bench: Bench, link: string, options = ''): Promise<Record<string, string>> {
  const user = bench.world.addUser({ firstName: 'Bob', languageCode: 'en' })
  return {
    YTDLP: bench.ytdlpPath,
    OPTIONS: options,
    FORMAT: formatSelector('v1080'),
    FOLDER: await bench.newFolder(),
    LINK: link,
    CHAT: String(bench.world.openPrivateChat(user).id),
    BOT_API: methodsUrl(bench),
  }
}

/** One link by hand. @returns ms */
export async function timeByHand(bench: Bench, link: string, options?: string): Promise<number> {
  const env = await environment(bench, link, options)
  const startedAt = performance.now()
  await execa('sh', ['-c', BY_HAND], { env })
  return performance.now() - startedAt
}

/** Many links by hand, as many at once as the machine has cores. @returns ms */
export async function timeManyByHand(bench: Bench, links: readonly string[]): Promise<number> {
  const waiting = await Promise.all(links.map((link) => environment(bench, link)))
  const startedAt = performance.now()
  const one = async () => {
    for (let env = waiting.shift(); env; env = waiting.shift()) await execa('sh', ['-c', BY_HAND], { env })
  }
  await Promise.all(Array.from({ length: bench.cores }, one))
  return performance.now() - startedAt
}
