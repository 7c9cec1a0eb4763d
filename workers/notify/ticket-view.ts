import { createHash } from 'node:crypto'
import type { InlineKeyboardButton } from 'grammy/types'
import { FAILURES } from '../../queues/failure.ts'
import { type Choice, type MediaFacts, parseFormat } from '../../queues/media.ts'
import type { Request } from '../../queues/request.ts'
import type { Messages } from '../../src/shared/messages/messages.ts'

/** How far a production is, as `reporter.ts` wrote it. */
export interface ProductionProgress {
  stage: string
  percent: number | null
  doneBytes: number | null
  totalBytes: number | null
}

export interface TicketFacts {
  request: Request
  facts: MediaFacts | null
  progress: ProductionProgress | null
  /** Place among those that wait for fetch, from 1; null when it does not wait there. */
  position: number | null
}

export interface TicketView {
  text: string
  keyboard: InlineKeyboardButton[][]
  /** Nothing follows after this by itself: it must not be lost. */
  final: boolean
}

const MB = 1_000_000

/** Pure: what a ticket shows. Null when there is nothing (more) to show, because the media is there. */
export function ticketView(
  { request, facts, progress, position }: TicketFacts,
  messages: Messages,
): TicketView | null {
  const { ticket, state, language } = request
  const say = (key: string, params?: Record<string, string | number>) => messages.text(language, key, params)
  const cancel = [{ text: say('button-cancel'), callback_data: `cancel:${ticket}` }]
  const going = (text: string): TicketView => ({ text, keyboard: [cancel], final: false })

  switch (state) {
    case 'asked':
    case 'inspecting':
      return going(say('ticket-inspecting'))
    case 'choosing':
      if (!facts) return going(say('ticket-inspecting'))
      return {
        text: say('ticket-choose', { title: facts.title, duration: clock(facts.durationS) }),
        keyboard: [...choiceRows(facts.choices, request, say), cancel],
        final: true,
      }
    case 'producing':
      return going(workText(progress, position, say))
    case 'delivering':
      return { text: say('ticket-sending'), keyboard: [], final: false }
    case 'cancelled':
      return { text: say('ticket-cancelled'), keyboard: [], final: true }
    case 'failed': {
      const failure = request.failure ?? 'internal'
      const reason = say(`failure-${failure.replaceAll('_', '-')}`)
      const retry = [{ text: say('button-retry'), callback_data: `retry:${ticket}` }]
      return {
        text: say('ticket-failed', { reason, ticket }),
        keyboard: FAILURES[failure].personMayRetry ? [retry] : [],
        final: true,
      }
    }
    case 'delivered':
      return null
  }
}

type Say = (key: string, params?: Record<string, string | number>) => string

function workText(progress: ProductionProgress | null, position: number | null, say: Say): string {
  if (position !== null || !progress) return say('ticket-queued', { position: position ?? 1 })
  const percent = progress.percent ?? -1
  switch (progress.stage) {
    case 'fetch':
      return say('ticket-fetching', {
        percent,
        doneMb: megabytes(progress.doneBytes),
        totalMb: megabytes(progress.totalBytes),
      })
    case 'transcode':
      return say('ticket-transcoding', { percent })
    default:
      return say('ticket-uploading', { percent })
  }
}

function choiceRows(choices: readonly Choice[], request: Request, say: Say): InlineKeyboardButton[][] {
  const button = (choice: Choice): InlineKeyboardButton => ({
    text: choiceLabel(choice, say),
    callback_data: `pick:${request.ticket}:${choice.format}`,
  })
  const video = choices.filter((choice) => parseFormat(choice.format).kind === 'video').map(button)
  const audio = choices.filter((choice) => parseFormat(choice.format).kind === 'audio').map(button)
  const remember = {
    text: say(request.remember ? 'button-remember-on' : 'button-remember-off'),
    callback_data: `keep:${request.ticket}`,
  }
  return [...pairs(video), ...pairs(audio), [remember]]
}

function choiceLabel({ format, sizeBytes }: Choice, say: Say): string {
  const size = megabytes(sizeBytes)
  const wanted = parseFormat(format)
  if (wanted.kind === 'audio') return say('button-audio', { codec: wanted.codec.toUpperCase(), sizeMb: size })
  return wanted.height
    ? say('button-video', { height: wanted.height, sizeMb: size })
    : say('button-best', { sizeMb: size })
}

/** Whole megabytes from ten on, one decimal below; -1 stands for "nobody knows". */
function megabytes(bytes: number | null): number {
  if (bytes === null) return -1
  const mb = bytes / MB
  return mb >= 10 ? Math.round(mb) : Math.max(0.1, Math.round(mb * 10) / 10)
}

function clock(durationS: number | null): string {
  if (durationS === null) return ''
  const whole = Math.round(durationS)
  const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const padded = (n: number) => String(n).padStart(2, '0')
  return hours > 0 ? `${hours}:${padded(minutes)}:${padded(seconds)}` : `${minutes}:${padded(seconds)}`
}

function pairs<T>(items: readonly T[]): T[][] {
  return items.flatMap((_, index) => (index % 2 === 0 ? [items.slice(index, index + 2)] : []))
}

/** Tells whether a ticket shows this view already. */
export function fingerprint(view: TicketView): string {
  return createHash('sha256')
    .update(JSON.stringify([view.text, view.keyboard]))
    .digest('hex')
    .slice(0, 16)
}
