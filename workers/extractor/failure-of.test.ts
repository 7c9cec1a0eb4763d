import { expect, test } from 'vitest'
import { failureOf } from './failure-of.ts'

const LOGIN_HINT =
  'Use --cookies-from-browser or --cookies for the authentication. See  https://github.com/yt-dlp/yt-dlp/wiki/FAQ#how-do-i-pass-cookies-to-yt-dlp  for how to manually pass cookies'
const BUG =
  'please report this issue on  https://github.com/yt-dlp/yt-dlp/issues?q= , filling out the appropriate issue template. Confirm you are on the latest version using  yt-dlp -U'

test.each([
  // YouTube
  [
    'private',
    `ERROR: [youtube] abc12345678: Private video. Sign in if you've been granted access to this video. ${LOGIN_HINT}`,
  ],
  ['private', 'ERROR: [youtube] abc12345678: Video unavailable. This video is private'],
  ['gone', 'ERROR: [youtube] abc12345678: Video unavailable'],
  [
    'gone',
    'ERROR: [youtube] abc12345678: Video unavailable. This video is no longer available because the YouTube account associated with this video has been terminated.',
  ],
  ['gone', 'ERROR: [youtube] abc12345678: Video unavailable. This video has been removed by the uploader'],
  [
    'gone',
    "ERROR: [youtube] abc12345678: This video has been removed for violating YouTube's Terms of Service",
  ],
  [
    'gone',
    'ERROR: [youtube] abc12345678: Video unavailable. This video contains content from SME, who has blocked it on copyright grounds',
  ],
  ['gone', "ERROR: [youtube] abc12345678: This video isn't available anymore"],
  [
    'geo_blocked',
    'ERROR: [youtube] abc12345678: Video unavailable. The uploader has not made this video available in your country\nThis video is available in Germany, France.\nYou might want to use a VPN or a proxy server (with --proxy) to workaround.',
  ],
  [
    'geo_blocked',
    'ERROR: [youtube] abc12345678: Video unavailable. This video contains content from WMG, who has blocked it in your country on copyright grounds',
  ],
  [
    'bot_check',
    `ERROR: [youtube] tpUr8xVxj-w: Sign in to confirm you’re not a bot. ${LOGIN_HINT}. Also see  https://github.com/yt-dlp/yt-dlp/wiki/Extractors#exporting-youtube-cookies  for tips on effectively exporting YouTube cookies`,
  ],
  [
    'bot_check',
    'ERROR: [youtube] rVXeIRY6H9c: Sign in to confirm you�re not a bot. This helps protect our community. Learn more',
  ],
  [
    'bot_check',
    'ERROR: [youtube] abc12345678: Video unavailable. YouTube is requiring a captcha challenge before playback',
  ],
  [
    'age_restricted',
    `ERROR: [youtube] abc12345678: Sign in to confirm your age. This video may be inappropriate for some users. ${LOGIN_HINT}`,
  ],
  [
    'rate_limited',
    "ERROR: [youtube] abc12345678: Video unavailable. This content isn't available, try again later. The current session has been rate-limited by YouTube for up to an hour. It is recommended to use `-t sleep` to add a delay between video requests to avoid exceeding the rate limit.",
  ],
  [
    'paid',
    'ERROR: [youtube] h7aSM88pUv8: Join this channel to get access to members-only content like this video, and other exclusive perks.',
  ],
  [
    'paid',
    "ERROR: [youtube] 9iVcXphPVaM: This video is available to this channel's members on level: Assistant (or any higher level). Join this channel to get access to members-only content and other exclusive perks.",
  ],
  ['paid', 'ERROR: [youtube] abc12345678: This video requires payment to watch'],
  ['paid', 'ERROR: [youtube] abc12345678: This video is only available to Music Premium members'],
  ['upcoming', 'ERROR: [youtube] abc12345678: This live event will begin in 5 hours.'],
  ['upcoming', 'ERROR: [youtube] abc12345678: Premieres in 27 minutes'],
  ['upcoming', 'ERROR: [youtube] abc12345678: This live event will begin in a few moments.'],
  ['live', 'ERROR: [youtube] abc12345678: This live event has ended.'],
  ['gone', 'ERROR: [youtube] abc12345678: This live stream recording is not available.'],
  ['drm', 'ERROR: [youtube] abc12345678: This video is DRM protected'],
  [
    'format_gone',
    'ERROR: [youtube] abc12345678: Requested format is not available. Use --list-formats for a list of available formats',
  ],
  ['extractor_broken', `ERROR: [youtube] abc12345678: Failed to extract any player response; ${BUG}`],
  // Other sites
  [
    'login_required',
    `ERROR: [Instagram] Clq_poiJd63: Requested content is not available, rate-limit reached or login required. ${LOGIN_HINT}`,
  ],
  ['login_required', `ERROR: [instagram:story] 1: You need to log in to access this content. ${LOGIN_HINT}`],
  ['no_media', 'ERROR: [Instagram] Cabc: There is no video in this post'],
  ['age_restricted', `ERROR: [twitter] 123: NSFW tweet requires authentication. ${LOGIN_HINT}`],
  ['private', `ERROR: [twitter] 123: You are not authorized to view this protected tweet. ${LOGIN_HINT}`],
  ['no_media', 'ERROR: [twitter] 123: No video could be found in this tweet'],
  ['gone', 'ERROR: [twitter] 123: Requested tweet is unavailable'],
  ['upcoming', 'ERROR: [twitter:broadcast] 1: This live broadcast has not yet started'],
  ['bot_check', 'ERROR: [TikTok] 123: Your IP address is blocked from accessing this post'],
  ['gone', `ERROR: [TikTok] 123: Video not available, status code 10204; ${BUG}`],
  ['bot_check', `ERROR: [TikTok] 123: Unable to solve JS challenge; ${BUG}`],
  [
    'login_required',
    'ERROR: [Reddit] abc: Account authentication is required. Use --cookies, --cookies-from-browser, --username and --password, --netrc-cmd, or --netrc (reddit) to provide account credentials',
  ],
  [
    'private',
    'ERROR: [Reddit] abc: Private subreddit; an account that has been approved is required. Use --cookies for the authentication',
  ],
  ['no_media', 'ERROR: [Reddit] abc: No media found'],
  ['private', 'ERROR: [vimeo] 123: Wrong video password'],
  ['private', 'ERROR: [vimeo] 123: This video is protected by a password, use the --video-password option'],
  ['upcoming', 'ERROR: [vimeo:event] 123: This live event is scheduled for 2026-12-01'],
  [
    'paid',
    'ERROR: [BiliBili] BV1x: This video is for premium members only. Use --cookies for the authentication',
  ],
  ['bot_check', 'ERROR: [BilibiliSpaceVideo] 1: Request is rejected by server (352)'],
  [
    'geo_blocked',
    'ERROR: [SVTPlay] abc: This video is not available from your location due to geo restriction\nThis video is available in Sweden.\nYou might want to use a VPN or a proxy server (with --proxy) to workaround.',
  ],
  ['geo_blocked', 'ERROR: [x] 1: This video is available in Taiwan only'],
  ['paid', 'ERROR: [patreon] 123: You do not have access to this post'],
  ['paid', 'ERROR: [twitch:vod] v1: This VOD is for subscribers only. Use --cookies for the authentication'],
  ['no_media', 'ERROR: [twitch:stream] somebody: The channel is not currently live'],
  [
    'login_required',
    'ERROR: [facebook] 1: This video is only available for registered users. Use --cookies for the authentication',
  ],
  // Any site
  [
    'unsupported',
    'WARNING: [generic] Falling back on generic information extractor\nERROR: Unsupported URL: https://example.com/private-video',
  ],
  [
    'no_media',
    'ERROR: [generic] page: No video formats found!; please report this issue on  https://github.com/yt-dlp/yt-dlp/issues?q=',
  ],
  ['drm', 'ERROR: [Netflix] 1: The requested site is known to use DRM protection. It will NOT be supported.'],
  [
    'bot_check',
    'ERROR: [generic] Got HTTP Error 403 caused by Cloudflare anti-bot challenge; try again with  --extractor-args "generic:impersonate"',
  ],
  [
    'gone',
    'ERROR: [generic] Unable to download webpage: HTTP Error 404: Not Found (caused by <HTTPError 404: Not Found>)',
  ],
  [
    'gone',
    'ERROR: [generic] Unable to download webpage: HTTP Error 410: Gone (caused by <HTTPError 410: Gone>)',
  ],
  [
    'rate_limited',
    'ERROR: [generic] Unable to download webpage: HTTP Error 429: Too Many Requests (caused by <HTTPError 429: Too Many Requests>)',
  ],
  [
    'site_error',
    'ERROR: [generic] Unable to download webpage: HTTP Error 503: Service Unavailable (caused by <HTTPError 503: Service Unavailable>)',
  ],
  [
    'login_required',
    'ERROR: [generic] Unable to download webpage: HTTP Error 403: Forbidden (caused by <HTTPError 403: Forbidden>)',
  ],
  [
    'site_error',
    'ERROR: [vk] 1: Unable to download JSON metadata: HTTP Error 403: Forbidden (caused by <HTTPError 403: Forbidden>)',
  ],
  [
    'login_required',
    'ERROR: [x] 1: Unable to download JSON metadata: HTTP Error 401: Unauthorized (caused by <HTTPError 401: Unauthorized>)',
  ],
  [
    'geo_blocked',
    'ERROR: [x] 1: Unable to download webpage: HTTP Error 451: Unavailable For Legal Reasons (caused by <HTTPError 451: Unavailable For Legal Reasons>)',
  ],
  ['site_error', 'ERROR: unable to download video data: HTTP Error 403: Forbidden'],
  ['gone', 'ERROR: unable to download video data: HTTP Error 404: Not Found'],
  [
    'site_error',
    '[download] Got error: HTTP Error 403: Forbidden. Retrying fragment 47 (10/10)...\nERROR: fragment 47 not found, unable to continue',
  ],
  ['site_error', 'ERROR: The downloaded file is empty'],
  ['site_error', 'ERROR: content too short (expected 1000 bytes and served 10)'],
  [
    'network',
    "ERROR: [generic] Unable to download webpage: <urlopen error [Errno -2] Name or service not known> (caused by URLError(gaierror(-2, 'Name or service not known')))",
  ],
  [
    'network',
    "ERROR: [generic] Unable to download webpage: HTTPSConnection(host='example.com', port=443): Failed to establish a new connection: [Errno 111] Connection refused (caused by TransportError('x'))",
  ],
  [
    'network',
    "ERROR: [youtube] abc: Unable to download API page: The read operation timed out (caused by TransportError('The read operation timed out'))",
  ],
  ['network', 'ERROR: unable to download video data: [Errno 104] Connection reset by peer'],
  [
    'network',
    'ERROR: [generic] Unable to download webpage: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:992) (caused by CertificateVerifyError)',
  ],
  ['network', 'ERROR: unable to download video data: 1024 bytes read, 4096 more expected'],
  ['disk_full', 'ERROR: unable to write data: [Errno 28] No space left on device'],
  ['too_large', 'ERROR: unable to write data: [Errno 27] File too large'],
  ['too_large', 'ERROR: ffmpeg exited with code -25'],
  [
    'internal',
    'ERROR: You have requested merging of multiple formats but ffmpeg is not installed. Aborting due to --abort-on-error',
  ],
  ['extractor_broken', `ERROR: [vk] 1: Unable to extract video info, not found; ${BUG}`],
  ['extractor_broken', `ERROR: [x] 1: An extractor error has occurred. (caused by KeyError('url')); ${BUG}`],
  [
    'extractor_broken',
    'Traceback (most recent call last):\n  File "/usr/bin/yt-dlp", line 8, in <module>\nAttributeError: x',
  ],
  // Warnings count when there is nothing else.
  ['drm', 'WARNING: [x] 1: This video is DRM protected and only images are available for download'],
  // What a site calls its media decides nothing.
  [
    'site_error',
    'ERROR: [x] private-video-login: Unable to download webpage: HTTP Error 500: Oops (caused by <HTTPError 500: Oops>)',
  ],
  ['internal', ''],
])('%s: %s', (code, stderr) => {
  expect(failureOf({ exitCode: 1, stderr, during: 'fetch' }).code).toBe(code)
})

test('a format that is missing before anybody chose one means that there is no media', () => {
  const stderr =
    'ERROR: [x] 1: Requested format is not available. Use --list-formats for a list of available formats'
  expect(failureOf({ exitCode: 1, stderr, during: 'inspect' }).code).toBe('no_media')
})

test.each([
  [101, 'live'],
  [2, 'internal'],
  [126, 'internal'],
  [127, 'internal'],
  [null, 'internal'],
])('exit code %s is %s', (exitCode, code) => {
  expect(failureOf({ exitCode, stderr: '', during: 'fetch' }).code).toBe(code)
})

test('the detail names extractor and status, and nothing of what the site or a person wrote', () => {
  const stderr =
    'ERROR: [vk:wall] secret-id: Unable to download https://example.com/secret: HTTP Error 403: Secret (caused by <HTTPError 403: Secret>)'
  expect(failureOf({ exitCode: 1, stderr, during: 'fetch' })).toEqual({
    code: 'site_error',
    httpStatus: 403,
    detail: 'vk:wall, HTTP 403',
  })
  expect(failureOf({ exitCode: 1, stderr: 'ERROR: secret', during: 'fetch' }).detail).toBe('exit 1')
})
