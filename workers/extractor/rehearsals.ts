import { argvOf } from './ytdlp-argv.ts'
import { fetchFlags, listFlags, type Tools } from './ytdlp-flags.ts'

const PAGE = 'data:text/html,<title>x</title><video src="http://nowhere.invalid/x.mp4"></video>'
const FILE = 'data:video/mp4,x'
const PLAYLIST = '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\ndata:video/mp2t,x\n#EXT-X-ENDLIST\n'
const HLS = `data:application/vnd.apple.mpegurl,${encodeURIComponent(PLAYLIST)}`

/** What runs will be like, for a yt-dlp that imports most of its parts when it first needs them; no network in it. */
export function rehearsalsFor(tools: Tools): string[][] {
  const fetch = fetchFlags(tools, { format: 'v720', maxBytes: 1_000_000, infoPath: null })
  return [argvOf(listFlags(tools), [PAGE]), argvOf(fetch, [FILE]), argvOf(fetch, [HLS])]
}
