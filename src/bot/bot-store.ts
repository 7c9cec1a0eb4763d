import type { AnalyticsEvent, Happening } from '../../queues/event.ts'
import type { FormatId } from '../../queues/media.ts'
import type { IntakeData } from '../../queues/stages/intake.ts'
import type { ReportData } from '../../queues/stages/report.ts'
import type { State } from '../../queues/state.ts'
import { createPeopleStore } from './people-store.ts'
import { reach } from './store-away.ts'

interface BotStoreDeps extends State {
  /** Says that a ticket has something new to show. */
  refresh: (ticket: string) => Promise<void>
}

export interface TicketOwner {
  botId: number
  chatId: number
  userId: number
}

export type BotStore = ReturnType<typeof createBotStore>

/** All that the bot reads and writes. Redis only; every failure is a StoreAway, and every write can be repeated. */
export function createBotStore(deps: BotStoreDeps) {
  const { redis, keys, queues, events, fairness, preferences, refresh } = deps
  /** Links line up fairly. What is pressed is short and has no priority: BullMQ serves it first. */
  const priorityOf = async (data: IntakeData): Promise<number> => {
    if (data.kind === 'links')
      return await fairness.priority('intake', data.asker.botId, data.asker.userId, data.links.length)
    // After the person's own links, which it is to stop.
    if (data.kind === 'cancel_all') return await fairness.priority('intake', data.botId, data.userId, 0)
    return 0
  }

  const addIntake = async (origin: string, data: IntakeData): Promise<void> =>
    queues.add('intake', data, { jobId: origin, priority: await priorityOf(data) })

  return {
    ...createPeopleStore(deps),

    /** One update is one job, however often it comes: `origin` names the update. */
    intake: (origin: string, data: IntakeData): Promise<void> => reach(addIntake(origin, data)),

    /**
     * What the `report` stage is to answer: an admin's numbers, a person's own records. Those take a look through all of
     * Redis: however often somebody presses, one of a kind at a time.
     */
    report: (origin: string, data: ReportData): Promise<void> =>
      reach(
        queues.add('report', data, {
          jobId: origin,
          ...((data.kind === 'export' || data.kind === 'forget') && {
            deduplication: { id: `${data.kind}-${data.botId}.${data.userId}` },
          }),
        }),
      ),

    event: (event: AnalyticsEvent): Promise<void> => reach(events.publish(event)),
    eventNow: (happening: Happening): Promise<void> => reach(events.publishNow(happening)),

    /** Whose ticket it is; null when it is unknown, or over for long. */
    async ownerOf(ticket: string): Promise<TicketOwner | null> {
      const [botId, chatId, userId] = await reach(
        redis.hmget(keys.request(ticket), 'botId', 'chatId', 'userId'),
      )
      return botId && chatId && userId
        ? { botId: Number(botId), chatId: Number(chatId), userId: Number(userId) }
        : null
    },

    /** Turns "always use my choice" over and gives what it is now. The same `origin` again changes nothing. */
    async toggleRemember(ticket: string, origin: string): Promise<boolean> {
      const key = keys.request(ticket)
      const [remember, setBy] = await reach(redis.hmget(key, 'remember', 'rememberSetBy'))
      const now = setBy === origin ? remember === '1' : remember !== '1'
      await reach(redis.hset(key, { remember: now ? '1' : '0', rememberSetBy: origin }))
      await reach(refresh(ticket))
      return now
    },

    /** How many requests of a person in a chat are not over. */
    async activeIn({ botId, chatId, userId }: TicketOwner): Promise<number> {
      const tickets = await reach(redis.smembers(keys.active(botId, userId)))
      const chats = await Promise.all(
        tickets.map((ticket) => reach(redis.hget(keys.request(ticket), 'chatId'))),
      )
      return chats.filter((chat) => chat === `${chatId}`).length
    },

    preference: (botId: number, userId: number): Promise<FormatId | null> =>
      reach(preferences.get(botId, userId)),
    forgetPreference: (botId: number, userId: number): Promise<void> =>
      reach(preferences.clear(botId, userId)),
  }
}
