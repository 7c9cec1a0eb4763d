import type { LedgerEntry } from '../playground/bot-api/ledger.ts'
import type { ChatRecord } from '../playground/bot-api/world-state.ts'
import type { Bench } from './bench.ts'

const PATIENCE_MS = 120_000
const BRINGS_MEDIA = /^(send(Video|Audio|Animation|Document)|editMessageMedia)$/

/** Unix time with fractions of a millisecond. */
export const nowMs = () => performance.timeOrigin + performance.now()

/** Somebody with a chat of their own and a standing choice: nothing waits for a press. */
export async function newPerson({ world, state }: Bench) {
  const user = world.addUser({ firstName: 'Alice', languageCode: 'en' })
  const chat = world.openPrivateChat(user)
  await state.preferences.set(world.firstBot().id, user.id, 'v1080')
  return { chat, ask: (link: string) => world.sendText(user, chat, link) }
}

const sent = ({ method, workDone }: LedgerEntry) => BRINGS_MEDIA.test(method) && workDone

/**
 * Waits until every chat has its media. To be called in the moment in which they ask.
 * @returns when (Unix ms) each call that brought one was answered, in the order of the chats
 */
export async function untilMedia({ world }: Bench, chats: readonly ChatRecord[]): Promise<number[]> {
  const found = new Map<number, number>()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  // Told, not looked for: looking takes time from the very processes that are timed.
  const stop = world.ledger.onEnd((entry) => {
    const chat = chats.find(({ id }) => id === entry.chatId)
    if (!chat || !sent(entry) || found.has(chat.id)) return
    found.set(chat.id, nowMs())
    if (found.size === chats.length) resolve()
  })
  const late = setTimeout(
    () => reject(new Error('a person has waited two minutes for their media')),
    PATIENCE_MS,
  )
  await promise.finally(() => {
    clearTimeout(late)
    stop()
  })
  return chats.flatMap(({ id }) => found.get(id) ?? [])
}

/** One person asks, and gets it. @returns update to media, ms */
export async function timeDelivery(bench: Bench, link: string): Promise<number> {
  const person = await newPerson(bench)
  const askedAt = nowMs()
  person.ask(link)
  const [gotAt = askedAt] = await untilMedia(bench, [person.chat])
  return gotAt - askedAt
}

/** Many ask at the same moment. @returns from then to the last one's media, ms */
export async function timeCrowd(bench: Bench, links: readonly string[]): Promise<number> {
  const people = await Promise.all(links.map(() => newPerson(bench)))
  const askedAt = nowMs()
  for (const [index, person] of people.entries()) person.ask(links[index] ?? '')
  return (
    Math.max(
      ...(await untilMedia(
        bench,
        people.map(({ chat }) => chat),
      )),
    ) - askedAt
  )
}
