import type { Tools } from '../tools.ts'

/** What says where the services of the product are; the names are those of src/shared/config.ts. */
export type ServiceSettings = {
  REDIS_URL: string
  REDIS_PREFIX?: string
  DATABASE_URL: string
  S3_ENDPOINT: string
  S3_REGION: string
  S3_BUCKET: string
  S3_ACCESS_KEY_ID: string
  S3_SECRET_ACCESS_KEY: string
}

/** The Bot API stand-in and the media site, in place of Telegram and the web. */
export type StandIns = { botToken: string; botApiUrl: string; mediaOrigin: string }

type Parts = {
  /** Settings of the product that somebody has made: these give way to what follows from the stack. */
  given: Record<string, string | undefined>
  services: ServiceSettings
  artifactsDir: string
  webPort: number
  adminPassword: string
  tools: Tools
  /** undefined: the real Telegram and the real web, as `given` says. */
  standIns?: StandIns
}

/** What a process needs of ours whatever it does: where programs, certificates and proxies are. */
const FROM_US =
  /^(PATH|HOME|LANG|LC_ALL|TZ|TMPDIR|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|(HTTPS?|NO|ALL)_PROXY)$/i

/** The environment of every process of the product. */
export function productEnvironment(
  parts: Parts,
  ours: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const { given, services, standIns, tools } = parts
  const inherited = Object.entries(ours).filter(([name]) => FROM_US.test(name))
  return defined({
    ...Object.fromEntries(inherited),
    // So that Ctrl-C is over in seconds: a job that does not end in time is given back and done at the next start.
    SHUTDOWN_GRACE_SECONDS: '3',
    ...given,
    ...services,
    ARTIFACTS_DIR: parts.artifactsDir,
    WEB_PORT: String(parts.webPort),
    ADMIN_PASSWORD: parts.adminPassword,
    YTDLP_PATH: tools.ytdlpPath,
    FFMPEG_PATH: tools.ffmpegPath,
    FFPROBE_PATH: tools.ffprobePath,
    ...(standIns && {
      BOT_TOKEN: standIns.botToken,
      BOT_API_URL: standIns.botApiUrl,
      BOT_API_MODE: 'local',
      BOT_UPDATES: 'polling',
      LINK_ALLOW_ORIGINS: standIns.mediaOrigin,
    }),
  })
}

function defined(env: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}
