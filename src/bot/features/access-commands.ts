import { Composer, type Context, type NextFunction } from 'grammy'
import { calendarDay } from '../../../queues/people/calendar.ts'
import { allowedFor } from '../../../queues/people/quota.ts'
import { isAdmin } from '../../../queues/people/rules.ts'
import type { Asker } from '../../../queues/request.ts'
import { adminOf } from '../admins.ts'
import type { BotDeps } from '../bot-deps.ts'

const ID = /^[1-9]\d{0,15}$/
/** The ID of a person as Telegram's are; null for anything that only looks like one, or that would become another one's. */
const idOf = (word: string): number | null =>
  ID.test(word) && Number.isSafeInteger(Number(word)) ? Number(word) : null
/** Nobody has had more. */
const FREE = /^\d{1,9}$/

export type LimitsOrder =
  | { what: 'rules' }
  | { what: 'person'; userId: number }
  | { what: 'change'; userId: number; change: { freeLimit: number | null } | { isPaid: boolean } }

/** Reads what follows /limits. Null for anything that it does not mean. */
export function limitsOrderOf(words: string): LimitsOrder | null {
  const [id, what, value, ...more] = words.trim().toLowerCase().split(/\s+/).filter(Boolean)
  if (id === undefined) return { what: 'rules' }
  const userId = idOf(id)
  if (userId === null || more.length > 0) return null
  if (what === undefined) return { what: 'person', userId }
  if (what === 'paid' && (value === 'on' || value === 'off'))
    return { what: 'change', userId, change: { isPaid: value === 'on' } }
  if (what === 'free' && value === 'default') return { what: 'change', userId, change: { freeLimit: null } }
  if (what === 'free' && value !== undefined && FREE.test(value))
    return { what: 'change', userId, change: { freeLimit: Number(value) } }
  return null
}

/**
 * /block, /unblock and /limits, for ADMIN_USER_IDS alone. For anybody else these are words like any others: nothing tells
 * that there is such a command.
 */
export function accessCommands({ botId, store, messages, replies, people, timeZone }: BotDeps) {
  const { text } = messages
  const composer = new Composer()
  const onAdmins = (command: string, act: (ctx: Context, admin: Asker, words: string) => Promise<string>) =>
    composer.on('message').command(command, async (ctx, next: NextFunction) => {
      const admin = adminOf(botId, ctx, people)
      if (!admin) return await next()
      replies.say(ctx, await act(ctx, admin, ctx.match.trim()))
    })

  onAdmins('block', async (_ctx, { language }, id) => {
    const userId = idOf(id)
    if (userId === null) return text(language, 'block-usage')
    if (isAdmin(people, userId)) return text(language, 'block-admin', { id })
    await store.changePerson({ botId, userId }, { isBlocked: true })
    return text(language, 'block-done', { id })
  })

  onAdmins('unblock', async (_ctx, { language }, id) => {
    const userId = idOf(id)
    if (userId === null) return text(language, 'unblock-usage')
    await store.changePerson({ botId, userId }, { isBlocked: false })
    return text(language, 'unblock-done', { id })
  })

  onAdmins('limits', async (_ctx, { language }, words) => {
    const order = limitsOrderOf(words)
    if (!order) return text(language, 'limits-usage')
    if (order.what === 'rules') return rulesIn(language)
    const who = { botId, userId: order.userId }
    if (order.what === 'change') await store.changePerson(who, order.change)
    const [person, free, { total }] = await Promise.all([
      store.person(who),
      store.freeForOthers(who),
      store.downloads(order.userId, calendarDay(Date.now(), timeZone)),
    ])
    const allowed = isAdmin(people, order.userId) ? 0 : allowedFor(person, free ?? people.FREE_DOWNLOADS)
    const { used, bonus, isPaid, isBlocked } = person
    return text(language, 'limits-person', {
      ...{ id: String(order.userId), used, allowed, bonus, total },
      ...{ paid: isPaid ? 'yes' : 'no', blocked: isBlocked ? 'yes' : 'no' },
    })
  })

  const rulesIn = (language: Asker['language']): string =>
    text(language, 'limits-rules', {
      ...{ access: people.ACCESS, free: people.FREE_DOWNLOADS, above: people.ABOVE_FREE },
      ...{ waitS: people.ABOVE_FREE_WAIT_SECONDS },
      ...{ perMinute: people.LINKS_PER_MINUTE, perDay: people.LINKS_PER_DAY },
    })
  return composer
}
