import { setTimeout as sleep } from 'node:timers/promises'
import type { LedgerEntry } from '../playground/bot-api/ledger.ts'
import type { ChatRecord } from '../playground/bot-api/world-state.ts'
import type { Bench } from './bench.ts'

const LOOK_EVERY_MS = 2
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

const sent = ({ method, workDone, endedAt }: LedgerEntry) =>
  BRINGS_MEDIA.test(method) && workDone && endedAt !== null

/** The calls that came after the one with that number. Looking must cost next to nothing: it is done all the time. */
function callsAfter(seq: number, entries: readonly LedgerEntry[]): LedgerEntry[] {
  let start = entries.length
  while ((entries[start - 1]?.seq ?? 0) > seq) start -= 1
  return entries.slice(start)
}

/**
 * Waits until every chat has its media. To be called in the moment in which they ask.
 * @returns when (Unix ms) each call that brought one was answered, in the order of the chats
 */
export async function untilMedia({ world }: Bench, chats: readonly ChatRecord[]): Promise<number[]> {
  const giveUpAt = Date.now() + PATIENCE_MS
  const seq = world.ledger.entries().at(-1)?.seq ?? 0
  for (;;) {
    const calls = callsAfter(seq, world.ledger.entries()).filter(sent)
    const found = chats.map(({ id }) => calls.find(({ chatId }) => chatId === id)?.endedAt)
    if (found.every((at) => typeof at === 'number')) return found.filter((at) => typeof at === 'number')
    if (Date.now() > giveUpAt) throw new Error('a person has waited two minutes for their media')
    await sleep(LOOK_EVERY_MS)
  }
}

/** One person asks, and gets it. @returns update to media, ms */
export async function timeDelivery(bench: Bench, link: string): Promise<number> {
  const person = await newPerson(bench)
  const askedAt = Date.now()
  person.ask(link)
  const [gotAt = askedAt] = await untilMedia(bench, [person.chat])
  return gotAt - askedAt
}

/** Many ask at the same moment. @returns from then to the last one's media, ms */
export async function timeCrowd(bench: Bench, links: readonly string[]): Promise<number> {
  const people = await Promise.all(links.map(() => newPerson(bench)))
  const askedAt = Date.now()
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
