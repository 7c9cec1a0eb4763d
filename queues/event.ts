import { createHash } from 'node:crypto'
import { z } from 'zod'
import { FAILURES, type FailureCode } from './failure.ts'
import { FormatId } from './media.ts'
import { Ticket } from './request.ts'

/**
 * What analytics may know. Each event answers the question in brackets, for which somebody decides something; none
 * holds a link or a person's text. How fast a process is, how full a disk, is no event: the queues and the logs know.
 *
 * The id is derived from what happened and the time is fixed at birth (`events.ts`), so that a repeated event is the same
 * row. New fields are nullable: events of an older version may still wait in the queue.
 */
const at = { id: z.string().min(1).max(64), atMs: z.number().int().nonnegative(), botId: z.number().int() }
const ofPerson = { ...at, userId: z.number().int() }
const days = z.number().int().nonnegative()

/** Where a person first came from. A campaign is the payload of t.me/<bot>?start=<campaign>. */
export const Origin = z.enum(['organic', 'referral', 'campaign'])
/** How a link reached us. */
export const AskedBy = z.enum(['message', 'inline', 'deep_link', 'group'])
/** What of the product somebody used, beside asking for a file. */
export const Feature = z.enum([
  'help',
  'quality',
  'cancel',
  'stats',
  'referral',
  'privacy',
  'export',
  'forget',
])
export const Pmf = z.enum(['very', 'somewhat', 'not', 'not_applicable'])
export const UsefulFor = z.enum(['video', 'audio', 'quality', 'speed', 'other'])

export const AnalyticsEvent = z.discriminatedUnion('name', [
  /** [Where do people come from, and how many of them are new?] Every /start. */
  z.object({
    ...ofPerson,
    name: z.literal('bot_start'),
    source: Origin,
    campaign: z.string().nullable(),
    /** Who brought them, when the code was a real one. */
    referrerId: z.number().int().nullable(),
    isNew: z.boolean(),
    language: z.string(),
  }),
  /** [How often do people come back?] A first action after more than 30:00 without one. */
  z.object({
    ...ofPerson,
    name: z.literal('session_start'),
    /** Of all sessions of this person, counted from 1. */
    ordinal: z.number().int().positive(),
    daysSinceFirst: days,
    daysSinceLast: days.nullable(),
    language: z.string(),
  }),
  /** [How many who come send a link?] One for each message with links. */
  z.object({
    ...ofPerson,
    name: z.literal('link_received'),
    source: AskedBy,
    links: z.number().int().positive(),
  }),
  /** [Is inline used, and does it find anything?] */
  z.object({ ...ofPerson, name: z.literal('inline_query'), hasLink: z.boolean(), results: z.number().int() }),
  /** [Which formats do people want?] */
  z.object({
    ...ofPerson,
    name: z.literal('choice_made'),
    ticket: Ticket,
    format: FormatId,
    remembered: z.boolean(),
  }),
  /** [What is fetched, how fast, how often from the cache?] */
  z.object({
    ...ofPerson,
    name: z.literal('download_completed'),
    ticket: Ticket,
    source: AskedBy,
    /** The extractor: `youtube`, `generic`, … */
    platform: z.string(),
    mediaKey: z.string(),
    height: z.number().nullable(),
    sizeBytes: z.number(),
    /** Nothing was fetched for it. */
    cached: z.boolean(),
    /** From the asking to the media. */
    waitedMs: z.number(),
    /** Seconds of work per stage, of the production that it waited for; empty when it was cached. */
    stageSeconds: z.record(z.string(), z.number()).default({}),
  }),
  /** [What breaks for people, on which site, in which stage?] */
  z.object({
    ...ofPerson,
    name: z.literal('download_failed'),
    ticket: Ticket,
    source: AskedBy,
    platform: z.string().nullable(),
    stage: z.string(),
    code: z.enum(Object.keys(FAILURES) as [FailureCode, ...FailureCode[]]),
  }),
  /** [What do people press?] A button, or a link into the bot that shows a file. */
  z.object({
    ...ofPerson,
    name: z.literal('view_clicked'),
    kind: z.enum(['button_click', 'deep_link']),
    ticket: Ticket.nullable(),
    mediaKey: z.string().nullable(),
    button: z.string().nullable(),
  }),
  /** [Who brings whom?] `userId` brought them. */
  z.object({ ...ofPerson, name: z.literal('user_referred'), referredUserId: z.number().int() }),
  /** [What do referrals cost?] `userId` gets more free downloads, because the other one has had a first file. */
  z.object({
    ...ofPerson,
    name: z.literal('bonus_granted'),
    referredUserId: z.number().int(),
    amount: z.number().int(),
  }),
  /** [How many run into a limit, after how many days?] */
  z.object({
    ...ofPerson,
    name: z.literal('limit_reached'),
    limit: z.enum(['free', 'minute', 'day', 'active']),
    used: z.number().int(),
    allowed: z.number().int(),
    /** What a person above the free limit gets. */
    policy: z.string().nullable(),
    daysSinceFirst: days,
  }),
  /** [Which ad is worth its place?] Sent, and Telegram has confirmed it. */
  z.object({ ...ofPerson, name: z.literal('ad_shown'), ticket: Ticket, campaignId: z.number().int() }),
  z.object({ ...ofPerson, name: z.literal('ad_clicked'), ticket: Ticket, campaignId: z.number().int() }),
  /** [Would they miss us?] The free words are kept elsewhere. */
  z.object({
    ...ofPerson,
    name: z.literal('survey_completed'),
    pmf: Pmf,
    usefulFor: UsefulFor.nullable(),
    hasWords: z.boolean(),
    downloads: z.number().int(),
    daysSinceFirst: days,
  }),
  /** [Which features earn their keep?] */
  z.object({ ...ofPerson, name: z.literal('feature_used'), feature: Feature }),
  /** [What did a change do?] A person has met what a variant changes, for the first time. */
  z.object({ ...ofPerson, name: z.literal('experiment_seen'), test: z.string(), variant: z.string() }),
  /** [Does the bot itself break?] */
  z.object({
    ...at,
    name: z.literal('bot_error'),
    userId: z.number().int().nullable(),
    ticket: Ticket.nullable(),
    stage: z.string(),
    code: z.string(),
  }),
])
export type AnalyticsEvent = z.infer<typeof AnalyticsEvent>
export type EventName = AnalyticsEvent['name']

/** An event whose time nobody has fixed yet. */
export type Happening = AnalyticsEvent extends infer E ? (E extends unknown ? Omit<E, 'atMs'> : never) : never

/** What people do of their own accord: it makes them active, and begins sessions. A delivery or a note does not. */
export const ACTIONS = [
  'bot_start',
  'link_received',
  'inline_query',
  'choice_made',
  'view_clicked',
  'ad_clicked',
  'survey_completed',
  'feature_used',
] as const satisfies readonly EventName[]

/** The id of an event: the same happening gives the same id, whoever reports it. */
export function eventId(name: EventName, ...what: (string | number)[]): string {
  return createHash('sha256')
    .update([name, ...what].join('|'))
    .digest('hex')
    .slice(0, 32)
}
