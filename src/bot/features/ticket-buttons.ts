import { Composer, type Context } from 'grammy'
import { eventId } from '../../../queues/event.ts'
import { FormatId } from '../../../queues/media.ts'
import { Ticket } from '../../../queues/request.ts'
import type { IntakeData } from '../../../queues/stages/intake.ts'
import { attend } from '../attendance.ts'
import type { BotDeps } from '../bot-deps.ts'
import { languageIn, originOf } from '../person.ts'

type Press =
  | { action: 'pick'; ticket: Ticket; format: FormatId }
  | { action: 'cancel' | 'retry' | 'other'; ticket: Ticket }
  | { action: 'keep'; ticket: Ticket }

/** Reads the data of a button. Null for anything that no button of ours has: a client can send what it likes. */
export function pressOf(data: string): Press | null {
  const [action, code, rest, ...more] = data.split(':')
  const ticket = Ticket.safeParse(code)
  if (!ticket.success || more.length > 0) return null
  if (action === 'pick') {
    const format = FormatId.safeParse(rest)
    return format.success ? { action, ticket: ticket.data, format: format.data } : null
  }
  if (rest !== undefined) return null
  if (action === 'keep') return { action, ticket: ticket.data }
  const isPlain = action === 'cancel' || action === 'retry' || action === 'other'
  return isPlain ? { action, ticket: ticket.data } : null
}

const TOASTS = {
  pick: 'toast-accepted',
  other: 'toast-accepted',
  cancel: 'toast-cancelling',
  retry: 'toast-retrying',
} as const

function jobOf(press: Exclude<Press, { action: 'keep' }>): IntakeData {
  if (press.action === 'pick') return { kind: 'choice', ticket: press.ticket, format: press.format }
  return { kind: press.action, ticket: press.ticket }
}

/** The buttons under a ticket. Only the person who asked may press them; each press is one job. */
export function ticketButtons({ botId, store, messages, replies }: BotDeps) {
  /** The press, when its ticket is known and it is the presser's own; else the presser is told. */
  const allowed = async (ctx: Context & { callbackQuery: { data: string } }): Promise<Press | null> => {
    const press = pressOf(ctx.callbackQuery.data)
    const owner = press && (await store.ownerOf(press.ticket))
    const isHere = owner?.botId === botId && owner.chatId === ctx.chat?.id
    if (press && isHere && owner.userId === ctx.from?.id) return press
    replies.toast(ctx, messages.text(languageIn(ctx), isHere ? 'toast-not-yours' : 'toast-expired'))
    return null
  }

  /** Does what was pressed. @returns what to tell. */
  const act = async (press: Press, origin: string) => {
    if (press.action === 'keep')
      return (await store.toggleRemember(press.ticket, origin)) ? 'toast-remember-on' : 'toast-remember-off'
    await store.intake(origin, jobOf(press))
    return TOASTS[press.action]
  }

  const composer = new Composer()
  composer.on('callback_query:data', async (ctx) => {
    const press = await allowed(ctx)
    if (!press) return
    const origin = originOf(botId, ctx)
    const { isBlocked } = await attend({ botId, store }, ctx, ctx.from.id)
    if (isBlocked) return replies.toast(ctx, messages.text(languageIn(ctx), 'failure-blocked'))
    const toast = await act(press, origin)
    await store.eventNow({
      id: eventId('view_clicked', botId, ctx.update.update_id),
      name: 'view_clicked',
      botId,
      userId: ctx.from.id,
      kind: 'button_click',
      ticket: press.ticket,
      mediaKey: null,
      button: press.action,
    })
    replies.toast(ctx, messages.text(languageIn(ctx), toast))
  })
  return composer
}
