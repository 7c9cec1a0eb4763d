import type { FailureCode } from '../../queues/failure.ts'
import { redact } from '../../src/shared/logger.ts'

/** How a run of yt-dlp ended by itself. */
export interface EndOfRun {
  /** Null when a signal ended it. */
  exitCode: number | null
  stderr: string
  /** What it was doing: the same words mean something else before and after a choice was made. */
  during: 'inspect' | 'fetch'
}

export interface ExtractionFailure {
  code: FailureCode
  /** What the site's server answered, when that was the reason. */
  httpStatus: number | null
  /** For operators: extractor and status or exit code, and nothing that a site or a person wrote. */
  detail: string
}

/**
 * The first rule that fits decides, so the order is the meaning: "Private video. Sign in if …" is private, and
 * only what is left of "sign in" is a login. The texts are yt-dlp's (its source, 2026.10.26) and what it passes on
 * from sites (its issue tracker).
 */
const RULES: [RegExp, FailureCode][] = [
  // The machine.
  [/No space left on device|Errno 28\b|Disk quota exceeded|Errno 122\b/, 'disk_full'],
  [/Errno 27\b|File too large|exited with code (-25|153)\b/, 'too_large'],
  [/ffmpeg (could not be found|not found|is not installed)|ffprobe (and ffmpeg )?not found/, 'internal'],
  [/no such option|error: .*option requires/, 'internal'],
  // Who asks.
  [/rate-limit reached or login required/, 'login_required'],
  [
    /not a bot\b|captcha|anti-bot|verify (that )?you are (a )?human|solve JS challenge|IP address is (blocked|unable)|\(352\)/,
    'bot_check',
  ],
  [
    /HTTP Error 429|Too Many Requests|\brate.?limit|try again later\. (Your account|The current session)|content isn.t available, try again later/,
    'rate_limited',
  ],
  [
    /confirm your age|\bage.?(restrict|verif|gate|limit)|inappropriate for some|adult verification|NSFW|only suitable for adults/,
    'age_restricted',
  ],
  [/\bDRM\b|Widevine|FairPlay|PlayReady/, 'drm'],
  [
    /geo.?(restrict|block)|in your (country|region|location)|from your (country|region|location)|available in [\w ,]+ only|HTTP Error 451/,
    'geo_blocked',
  ],
  [
    /members.only|channel's members|for members|Join this channel|(premium|paid|VIP)\b.*(only|member|user|account)|\bis paid\b|only (available )?(to|for) (\w+ )?(premium|VIP|paid)|Music Premium|subscri(ption|bers?\b|be to)|purchase|requires payment|HTTP Error 402|supporter-only|do not have access to this (post|class)/,
    'paid',
  ],
  // When it is asked.
  [
    /will (begin|start)\b|Premieres|premiere will|(is )?scheduled for|not (yet )?started|not started yet|is upcoming|video is not available yet|will be available (after|on|at|in)/,
    'upcoming',
  ],
  [
    /live event has ended|archive will be available|ended but not downloadable yet|live (stream|broadcast|event)s? (is|are) (currently )?(live|not supported)|Live DASH|is currently live|video is processing|still processing/,
    'live',
  ],
  // The media.
  [
    /Private video|(is|are) private|private (account|subreddit|playlist|favorites)|protected tweet|password.protected|protected by a password|(video|wrong) password|granted access/,
    'private',
  ],
  [
    /(Unable|Failed) to extract(?!or).*report this issue|Unexpected (API )?response.*report this issue/,
    'extractor_broken',
  ],
  [
    /log.?in\b|logged.in|login|sign in|authentication|registered users|account is needed|--cookies|HTTP Error 401|download webpage: HTTP Error 403/,
    'login_required',
  ],
  // The way.
  [/HTTP Error (?!404|410)\d{3}/, 'site_error'],
  [
    /timed? ?out|Connection (refused|reset|aborted)|Name or service not known|name resolution|resolve host|Errno -?\d+\]|unreachable|No route to host|closed connection|IncompleteRead|more expected|\bSSL\b|CERTIFICATE|\bTLS\b|EOF occurred|[Pp]roxy|Failed to perform/,
    'network',
  ],
  // What is there.
  [/Requested format is not available/, 'format_gone'],
  [
    /Unsupported URL|not a valid URL|No suitable extractor|unknown url type|URL scheme|Unable to handle request/,
    'unsupported',
  ],
  [
    /No video formats|No video.*found|No (supported )?media (was )?(found|links)|no videos? (in|found)|(does not|doesn't) (have|contain) (a |any )?video|is not a video|only images|No formats|any video formats|suitable formats|not currently live|offline|no media/,
    'no_media',
  ],
  [
    /HTTP Error (404|410)|unavailable|(not|no longer) available|isn.t available|(been|was) (removed|deleted|terminated|suspended|taken down)|account.*(terminated|closed|suspended)|(does not|doesn.t|no longer) exist|(video|content|page|post|tweet|space|channel|clip)s? (was )?not found|expired|livestream has ended/,
    'gone',
  ],
  // The rest.
  [
    /content too short|file is empty|any data blocks|[Ff]ragment \d+ not found|Unable to open fragment/,
    'site_error',
  ],
  [/Postprocessing|exited with code|Conversion failed|Invalid data/, 'site_error'],
  [/report this issue|Unable to extract|Traceback|\w+Error\b/, 'extractor_broken'],
]
const INSENSITIVE = RULES.map(([rule, code]): [RegExp, FailureCode] => [new RegExp(rule.source, 'i'), code])

/** Says why a run of yt-dlp failed. Warnings decide only when there is no error. */
export function failureOf({ exitCode, stderr, during }: EndOfRun): ExtractionFailure {
  const lines = redact(stderr).split(/\r?\n/)
  const errors = lines.filter((line) => !/^\s*(WARNING|\[debug\]|Deprecated)/.test(line))
  const said = errors.some((line) => line.trim()) ? errors : lines
  const text = said.map(withoutId).join('\n')
  const httpStatus = Number(/HTTP Error (\d{3})/.exec(text)?.[1] ?? 0) || null
  const extractor = /^(?:ERROR|WARNING): \[([\w:+-]{1,40})\]/m.exec(said.join('\n'))?.[1]
  const detail = [extractor, httpStatus ? `HTTP ${httpStatus}` : `exit ${exitCode ?? 'by a signal'}`]
  return { code: codeOf(exitCode, text, during), httpStatus, detail: detail.filter(Boolean).join(', ') }
}

function codeOf(exitCode: number | null, text: string, during: EndOfRun['during']): FailureCode {
  // 101: our match filter, which refuses live streams (`ytdlp-flags.ts`).
  if (exitCode === 101) return 'live'
  // 2: arguments of ours that it does not take; 126, 127: there is no yt-dlp.
  if (exitCode === 2 || exitCode === 126 || exitCode === 127) return 'internal'
  const code = INSENSITIVE.find(([rule]) => rule.test(text))?.[1] ?? 'internal'
  return code === 'format_gone' && during === 'inspect' ? 'no_media' : code
}

/** An id is the site's own word and must not decide anything: `[site] private-video: HTTP Error 500`. */
function withoutId(line: string): string {
  return line.replace(/^((?:ERROR|WARNING): )\[[^\]]*\] (\S{1,200}: )?/, '$1')
}
