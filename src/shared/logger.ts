import { type DestinationStream, type Logger, pino } from 'pino'

export type { Logger }

/** A bot token, wherever it hides: in a URL, in an error's text, in a stack. */
const BOT_TOKEN = /\d{3,16}:[A-Za-z0-9_-]{20,}/g
/** A link with its path and query, brackets and apostrophes included: rather a word too much than half a secret. Stacks name our own code by file://. */
const LINK = /\b(?!file:)[a-z][a-z0-9+.-]*:\/\/[^\s"<>\\]+/gi

/** Takes tokens and links out of a text that goes to a log, an operator or a job's failure. */
export function redact(text: string): string {
  return text.replace(BOT_TOKEN, '[token]').replace(LINK, '[link]')
}

/**
 * One JSON line per event. Whatever slipped into it, no token and no link leaves: every line is redacted as a
 * whole before it is written.
 */
export function createLogger(
  level: string,
  name: string,
  destination: DestinationStream = process.stdout,
): Logger {
  return pino(
    {
      level,
      base: { process: name },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: bareError },
    },
    { write: (line: string) => destination.write(redact(line)) },
  )
}

/**
 * An error without what libraries hang on it: ioredis adds the command that failed, with its arguments, be it a
 * password or somebody's title.
 */
function bareError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) }
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {}
  const cause = error.cause === undefined ? {} : { cause: bareError(error.cause) }
  return { type: error.name, message: error.message, stack: error.stack, ...code, ...cause }
}
