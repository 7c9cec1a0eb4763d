import { fileURLToPath } from 'node:url'
import { I18n } from '@grammyjs/i18n'
import type { MessageKey, MessageParams } from './message-keys.ts'

/** What a site or a person wrote is shown as one short line that cannot turn the text around it. */
const BREAKS_THE_LINE = /[\s\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu
const LONGEST = 300

/** A text in a language that lacks it, or with a variable missing, is an error of ours: it throws. */
export type Messages = ReturnType<typeof createMessages>

export function createMessages() {
  const i18n = new I18n({
    defaultLocale: 'en',
    directory: fileURLToPath(new URL('locales', import.meta.url)),
    // Isolation marks around every variable would end up in button texts; the texts set them where they matter.
    fluentBundleOptions: { useIsolating: false },
    fluentOptions: {
      warningHandler: ({ type, path }) => {
        throw new Error(`text ${path}: ${type}`)
      },
    },
  })

  return {
    locales: i18n.locales,

    text<K extends MessageKey>(
      language: 'en' | 'ru',
      key: K,
      ...[params]: keyof MessageParams<K> extends never ? [] : [MessageParams<K>]
    ): string {
      return i18n.t(language, key, tidy(params ?? {}))
    },
  }
}

function tidy(params: Record<string, string | number | null>): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, value === null ? 'unknown' : shown(name, value)]),
  )
}

function shown(name: string, value: string | number): string | number {
  // A height is a name, not a quantity: 1,080p is nobody's video.
  if (typeof value === 'number') return name === 'height' ? String(value) : value
  return [...value.replace(BREAKS_THE_LINE, ' ').trim()].slice(0, LONGEST).join('')
}
