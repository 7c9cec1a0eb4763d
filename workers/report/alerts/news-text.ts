import type { Messages } from '../../../src/shared/messages/messages.ts'
import type { AlertNews } from './news.ts'
import type { AlertId } from './rule.ts'

const TEXTS = {
  error_rate: 'alert-error_rate',
  queue_age: 'alert-queue_age',
  dead_letters: 'alert-dead_letters',
  extractor_broken: 'alert-extractor_broken',
  disk_low: 'alert-disk_low',
  storage_away: 'alert-storage_away',
  churn: 'alert-churn',
  conversion: 'alert-conversion',
  silence: 'alert-silence',
  no_data: 'alert-no_data',
} as const satisfies Record<AlertId, string>

/** What a value is. `detail`: its number would say nothing to anybody. */
const KINDS: Record<AlertId, 'share' | 'count' | 'second' | 'hour' | 'detail'> = {
  error_rate: 'share',
  queue_age: 'second',
  dead_letters: 'count',
  extractor_broken: 'count',
  disk_low: 'detail',
  storage_away: 'detail',
  churn: 'share',
  conversion: 'share',
  silence: 'hour',
  no_data: 'detail',
}

/** A line for people about an alert. */
export function newsText(messages: Messages, language: 'en' | 'ru', news: AlertNews): string {
  const what = messages.text(language, TEXTS[news.alert], { value: shownValue(language, news) })
  if (news.state === 'fired') return messages.text(language, 'alert-fired', { what })
  const minutes = Math.max(1, Math.round((news.lastedMs ?? 0) / 60_000))
  return messages.text(language, 'alert-resolved', { what, minutes })
}

function shownValue(language: 'en' | 'ru', { alert, value, detail }: AlertNews): string {
  const kind = KINDS[alert]
  if (kind === 'detail') return detail ?? '—'
  const options: Intl.NumberFormatOptions =
    kind === 'share'
      ? { style: 'percent', maximumFractionDigits: 1 }
      : kind === 'count'
        ? {}
        : { style: 'unit', unit: kind, unitDisplay: 'short', maximumFractionDigits: 0 }
  const number = new Intl.NumberFormat(language, options).format(value)
  return detail === null ? number : `${number} (${detail})`
}
