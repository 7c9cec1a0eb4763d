import type { ResponseParameters } from '@grammyjs/types'

/** What a call is answered with instead of a result. The texts are those of github.com/tdlib/telegram-bot-api and TDLib. */
export class ApiError extends Error {
  readonly code: number
  readonly parameters: ResponseParameters | undefined

  constructor(code: number, description: string, parameters?: ResponseParameters) {
    super(description)
    this.name = 'ApiError'
    this.code = code
    this.parameters = parameters
  }
}

export const badRequest = (reason: string, parameters?: ResponseParameters) =>
  new ApiError(400, `Bad Request: ${reason}`, parameters)

export const forbidden = (reason: string) => new ApiError(403, `Forbidden: ${reason}`)

export const tooManyRequests = (retryAfterS: number) =>
  new ApiError(429, `Too Many Requests: retry after ${retryAfterS}`, { retry_after: retryAfterS })

export const NOT_MODIFIED =
  'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message'

export const QUERY_TOO_OLD = 'query is too old and response timeout expired or query ID is invalid'
