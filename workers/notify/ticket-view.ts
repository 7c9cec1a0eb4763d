import { createHash } from 'node:crypto'
import type { InlineKeyboardButton } from 'grammy/types'
import { FAILURES, type FailureCode } from '../../queues/failure.ts'
import { type Choice, type MediaFacts, parseFormat } from '../../queues/media.ts'
import type { Language, Request } from '../../queues/request.ts'
import { clock } from '../../src/shared/messages/clock.ts'
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
  /** Until it goes on, when it waits above the free downloads; else null. */
  waitS: number | null
  /** What comes first among the choices. */
  order?: 'video_first' | 'audio_first'
}

export interface TicketView {
  text: string
  keyboard: InlineKeyboardButton[][]
  /** Nothing follows after this by itself: it must not be lost. */
  final: boolean
}

/** Pure: what a ticket shows. Null when there is nothing (more) to show, because the media is there. */
export function ticketView(
  { request, facts, progress, position, waitS, order }: TicketFacts,
  messages: Messages,
): TicketView | null {
  const { ticket, state, language } = request
  const button = (key: 'button-cancel' | 'button-retry' | 'button-other', action: string) => ({
    text: messages.text(language, key),
    callback_data: `${action}:${ticket}`,
  })
  const cancel = button('button-cancel', 'cancel')
  const final = (text: string, keyboard: InlineKeyboardButton[][] = []): TicketView => ({
    text,
    keyboard,
    final: true,
  })

  switch (state) {
    case 'asked':
      if (waitS !== null)
        return { text: waitText(language, waitS, messages), keyboard: [[cancel]], final: false }
      return { text: messages.text(language, 'ticket-inspecting'), keyboard: [[cancel]], final: false }
    case 'inspecting':
      return { text: messages.text(language, 'ticket-inspecting'), keyboard: [[cancel]], final: false }
    case 'choosing': {
      if (!facts)
        return final(failureText(request, 'input_missing', messages), [[button('button-retry', 'retry')]])
      const { title } = facts
      const text = messages.text(language, 'ticket-choose', { title, duration: clock(facts.durationS) })
      return final(text, [...choiceRows(facts.choices, request, order, messages), [cancel]])
    }
    case 'producing': {
      const other = request.byPreference ? [button('button-other', 'other')] : []
      return {
        text: workText(language, progress, position, messages),
        keyboard: [[...other, cancel]],
        final: false,
      }
    }
    case 'delivering':
      return { text: messages.text(language, 'ticket-sending'), keyboard: [], final: false }
    case 'cancelled':
      return final(messages.text(language, 'ticket-cancelled'))
    case 'failed': {
      const failure = request.failure ?? 'internal'
      if (request.leftOut > 0)
        return final(
          failure === 'too_many' ? leftOutText(request, messages) : failureText(request, failure, messages),
        )
      if (failure === 'limit_reached' && request.allowed > 0)
        return final(limitText(request, messages), [[button('button-retry', 'retry')]])
      const retry = FAILURES[failure].personMayRetry ? [[button('button-retry', 'retry')]] : []
      return final(failureText(request, failure, messages), retry)
    }
    case 'delivered':
      return null
  }
}

function leftOutText({ language, ticket, leftOut, inWork }: Request, messages: Messages): string {
  const reason = messages.text(language, 'ticket-left-out', { count: leftOut, inWork })
  return messages.text(language, 'ticket-failed', { reason, ticket })
}

function limitText({ language, ticket, allowed, bonusEach }: Request, messages: Messages): string {
  const reason = messages.text(language, 'ticket-limit-reached', { allowed, bonusEach })
  return messages.text(language, 'ticket-failed', { reason, ticket })
}

function waitText(language: Language, waitS: number, messages: Messages): string {
  const isLong = waitS > 90
  const wait = messages.text(language, isLong ? 'wait-minutes' : 'wait-seconds', {
    count: isLong ? Math.ceil(waitS / 60) : waitS,
  })
  return messages.text(language, 'ticket-waiting', { wait })
}

function failureText({ language, ticket }: Request, failure: FailureCode, messages: Messages): string {
  const reason = messages.text(language, `failure-${failure}`)
  return messages.text(language, 'ticket-failed', { reason, ticket })
}

function workText(
  language: Language,
  progress: ProductionProgress | null,
  position: number | null,
  messages: Messages,
): string {
  if (position !== null || !progress)
    return messages.text(language, 'ticket-queued', { position: position ?? 1 })
  const { percent } = progress
  const sizes = { doneMb: megabytes(progress.doneBytes), totalMb: megabytes(progress.totalBytes) }
  if (progress.stage === 'fetch') return messages.text(language, 'ticket-fetching', { percent, ...sizes })
  return messages.text(language, 'ticket-transcoding', { percent })
}

function choiceRows(
  choices: readonly Choice[],
  { language, ticket, remember }: Request,
  order: TicketFacts['order'],
  messages: Messages,
) {
  const button = (choice: Choice): InlineKeyboardButton => ({
    text: choiceLabel(language, choice, messages),
    callback_data: `pick:${ticket}:${choice.format}`,
  })
  const ofKind = (kind: 'video' | 'audio') =>
    choices.filter(({ format }) => parseFormat(format).kind === kind).map(button)
  const standing = {
    text: messages.text(language, remember ? 'button-remember-on' : 'button-remember-off'),
    callback_data: `keep:${ticket}`,
  }
  const kinds = order === 'audio_first' ? (['audio', 'video'] as const) : (['video', 'audio'] as const)
  return [...kinds.flatMap((kind) => pairs(ofKind(kind))), [standing]]
}

function choiceLabel(language: Language, { format, sizeBytes }: Choice, messages: Messages): string {
  const sizeMb = megabytes(sizeBytes)
  const wanted = parseFormat(format)
  if (wanted.kind === 'audio')
    return messages.text(language, 'button-audio', { codec: wanted.codec.toUpperCase(), sizeMb })
  if (wanted.height === null) return messages.text(language, 'button-best', { sizeMb })
  return messages.text(language, 'button-video', { height: wanted.height, sizeMb })
}

/** Whole megabytes from ten on, one decimal below. */
function megabytes(bytes: number | null): number | null {
  if (bytes === null) return null
  const mb = bytes / 1_000_000
  return mb >= 10 ? Math.round(mb) : Math.max(0.1, Math.round(mb * 10) / 10)
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
