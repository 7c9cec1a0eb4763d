/**
 * Languages whose speakers mostly read Russian more easily than English. Telegram's code is that of the person's app,
 * so whoever prefers English there has `en` already. Not Ukrainian: being addressed in Russian unasked is unwelcome to many.
 */
const READ_RUSSIAN = new Set(['ru', 'be', 'kk', 'ky', 'tg', 'uz', 'tt', 'ba', 'cv'])

/** The language for a person, from Telegram's `language_code` (an IETF tag such as `pt-br`, or missing). */
export function languageOf(languageCode: string | undefined): 'en' | 'ru' {
  const primary = languageCode?.toLowerCase().split(/[-_]/, 1)[0] ?? ''
  return READ_RUSSIAN.has(primary) ? 'ru' : 'en'
}
