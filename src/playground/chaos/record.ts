import type { Message } from '@grammyjs/types'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { ProductionData } from '../../../queues/production.ts'
import type { State } from '../../../queues/state.ts'
import type { LedgerEntry } from '../bot-api/ledger.ts'
import type { World } from '../bot-api/world.ts'
import { hasMedia } from '../conversations/asking.ts'
import type { CallFact, Facts, MediaFact, Outage, RequestFact } from './facts.ts'
import type { People } from './people.ts'
import { readUpdates } from './read-updates.ts'

type RecordDeps = {
  redis: Redis
  state: State
  world: World
  people: People
  outages: readonly Outage[]
}

/** Reads what is true in the end, out of Redis and out of Telegram. */
export async function recordFacts({ redis, state, world, people, outages }: RecordDeps): Promise<Facts> {
  const { acceptedAsks, presses } = readUpdates(world)
  const asks = people.asked().map(({ id, ask, chat, messageId }) => ({
    id,
    acceptedUpdateId: acceptedAsks.get(`${chat.id} ${messageId}`) ?? null,
    links: ask.links.length,
    wasBlocked: people.wasBlocked().has(chat.id),
  }))
  const askOfUpdate = new Map(asks.map(({ id, acceptedUpdateId }) => [acceptedUpdateId, id]))
  return {
    asks,
    presses,
    requests: await readRequests(redis, state, askOfUpdate),
    made: await readMade(state),
    outages: [...outages],
    ...readChats(world, people),
  }
}

/** `u<bot>-<update>-<index>`: which link of which update a request comes from. */
const ORIGIN = /^u\d+-(\d+)-(\d+)$/

async function readRequests(
  redis: Redis,
  { keys, requests }: State,
  askOfUpdate: ReadonlyMap<number | null, number>,
): Promise<RequestFact[]> {
  const found: RequestFact[] = []
  for await (const names of redis.scanStream({ match: keys.request('*'), count: 1000 }))
    for (const name of z.array(z.string()).parse(names)) {
      const request = await requests.get(name.slice(keys.request('').length))
      if (!request) continue
      const { ticket, state, failure, chatId, ticketMessageId, mediaKey, origin } = request
      const [, update = '', index = ''] = ORIGIN.exec(origin) ?? []
      const askId = askOfUpdate.get(Number(update)) ?? null
      found.push({
        ...{ ticket, askId, index: Number(index), state },
        failure,
        chatId,
        ticketMessageId,
        mediaKey,
      })
    }
  // A scan may give a key twice.
  return [...new Map(found.map((request) => [request.ticket, request])).values()]
}

async function readMade({ queues }: State): Promise<Facts['made']> {
  const jobs = await queues.queue('publish').getJobs(['completed'])
  return jobs.flatMap(({ data, returnvalue, timestamp, finishedOn = timestamp }) => {
    const result = z.object({ outcome: z.literal('made') }).safeParse(returnvalue)
    const production = ProductionData.safeParse(data).data
    if (!result.success || !production) return []
    const { mediaKey, generation } = production
    return [{ mediaKey, generation, addedAtMs: timestamp, endedAtMs: finishedOn }]
  })
}

const SentMessage = z.object({ message_id: z.number() })
const Reply = z.object({ message_id: z.number() })

/** What is in the chats now, beside what people have deleted. */
function readChats(world: World, people: People): Pick<Facts, 'media' | 'texts'> {
  const media: MediaFact[] = []
  const texts: Facts['texts'] = [...people.deleted()]
  const calls = new Map(
    world.ledger.of(/^send/).flatMap((call) => {
      const sent = call.answer?.ok ? SentMessage.safeParse(call.answer.result).data : undefined
      return call.workDone && sent ? [[`${call.chatId} ${sent.message_id}`, call] as const] : []
    }),
  )
  for (const chat of world.chats()) {
    const before = world.chats().find((one) => one.migratedTo === chat.id)
    for (const message of world.messages(chat)) {
      if (!message.from?.is_bot) continue
      const { message_id: messageId } = message
      if (!hasMedia(message)) {
        texts.push({ chatId: chat.id, messageId, text: message.text ?? '' })
        continue
      }
      const call = calls.get(`${chat.id} ${messageId}`)
      const answered = before ? repliedIn(call) : message.reply_to_message?.message_id
      const ask = people.asked().find((one) => one.chat === (before ?? chat) && one.messageId === answered)
      media.push({
        askId: ask?.id ?? null,
        chatId: chat.id,
        messageId,
        name: nameOf(message),
        sentBy: call?.method === 'sendMessage' ? null : factOf(call),
      })
    }
  }
  return { media, texts }
}

/** Which message a call meant to answer: in a supergroup, one of the group that it has been. */
function repliedIn(call: LedgerEntry | undefined): number | undefined {
  const given = call?.params.reply_parameters
  return Reply.safeParse(typeof given === 'string' ? JSON.parse(given) : given).data?.message_id
}

const nameOf = ({ caption, audio, document }: Message) => caption ?? audio?.title ?? document?.file_name ?? ''

const factOf = (call: LedgerEntry | undefined): CallFact | null =>
  call
    ? {
        seq: call.seq,
        atMs: call.at,
        endedAtMs: call.endedAt ?? Number.POSITIVE_INFINITY,
        fault: call.fault,
        wasHeard: call.wasHeard,
      }
    : null
