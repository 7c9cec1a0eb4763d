import { redact } from './logger.ts'

/** Fields of job data and results that tell who asked, or for what. */
const PERSONAL = new Set([
  'asker',
  'links',
  'link',
  'chatId',
  'userId',
  'title',
  'uploader',
  'performer',
  'referralCode',
  'campaign',
])
const HIDDEN = '[hidden]'

/** A copy of a JSON value without links, tokens and personal fields, however deep they are. */
export function hidePersonal(value: unknown): unknown {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map(hidePersonal)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      redact(key),
      PERSONAL.has(key) && inner !== null ? HIDDEN : hidePersonal(inner),
    ]),
  )
}
