import { argvOf } from './ytdlp-argv.ts'
import { fetchFlags, listFlags, type Tools } from './ytdlp-flags.ts'

const PAGE = 'data:text/html,<title>x</title><video src="http://nowhere.invalid/x.mp4"></video>'
const FILE = 'data:video/mp4,x'

/** What runs will be like, for a yt-dlp that imports most of its parts when it first needs them; no network in it. */
export const rehearsalsFor = (tools: Tools): string[][] => [
  argvOf(listFlags(tools), [PAGE]),
  argvOf(fetchFlags(tools, { format: 'v720', maxBytes: 1_000_000, infoPath: null }), [FILE]),
]
