import { Composer } from 'grammy'
import { calendarDay } from '../../../queues/people/calendar.ts'
import { allowedFor } from '../../../queues/people/quota.ts'
import { isAdmin } from '../../../queues/people/rules.ts'
import type { BotDeps } from '../bot-deps.ts'
import { askerOf } from '../person.ts'

/** /stats: the files that somebody has had, and how many more are free. */
export function statsCommand({ botId, store, messages, replies, people, timeZone }: BotDeps) {
  const composer = new Composer()
  composer.on('message').command('stats', async (ctx) => {
    const asker = askerOf(botId, ctx)
    if (!asker) return
    const { language, userId } = asker
    const [person, downloads] = await Promise.all([
      store.person(asker),
      store.downloads(userId, calendarDay(Date.now(), timeZone)),
    ])
    // As when it is counted: whom a test of it does not concern does not meet it here either.
    const hasOwn = isAdmin(people, userId) || person.isPaid || person.freeLimit !== null
    const free = hasOwn ? null : await store.freeByTest(asker)
    const allowed = isAdmin(people, userId) ? 0 : allowedFor(person, free ?? people.FREE_DOWNLOADS)
    const left = Math.max(0, allowed - person.used)
    const rest =
      allowed === 0
        ? messages.text(language, 'stats-no-limit')
        : messages.text(language, 'stats-free', { left, allowed })
    replies.say(ctx, `${messages.text(language, 'stats', downloads)}\n\n${rest}`)
  })
  return composer
}
