import type { PeopleRules } from '../../queues/people/rules.ts'
import type { Logger } from '../shared/logger.ts'
import type { Messages } from '../shared/messages/messages.ts'
import type { BotStore } from './bot-store.ts'
import type { GrowthStore } from './growth-store.ts'
import type { Replies } from './replies.ts'

/** What the features of the bot are made from. */
export interface BotDeps {
  botId: number
  store: BotStore
  growth: GrowthStore
  messages: Messages
  replies: Replies
  log: Logger
  /** Origins on private addresses that are allowed all the same. */
  allowOrigins: readonly string[]
  /** Who may use the bot, and how much. */
  people: PeopleRules
  /** REPORT_TZ: whose days are counted. */
  timeZone: string
  /** EVENTS_KEEP_MONTHS, to tell people. */
  eventsKeepMonths: number
}
