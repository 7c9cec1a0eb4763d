import type { z } from 'zod'
import { aftercare } from './stages/aftercare.ts'
import { analytics } from './stages/analytics.ts'
import { fetch } from './stages/fetch.ts'
import { inspect } from './stages/inspect.ts'
import { intake } from './stages/intake.ts'
import { maintenance } from './stages/maintenance.ts'
import { notify } from './stages/notify.ts'
import { publish } from './stages/publish.ts'
import { report } from './stages/report.ts'
import { send } from './stages/send.ts'
import { transcode } from './stages/transcode.ts'
import { upload } from './stages/upload.ts'

/**
 * All stages, in the order a request meets them. This list is the product:
 *
 *   intake     decides: known file, known object, join a production, or start one
 *   inspect    asks the site what the link offers, once for everyone
 *   fetch      site -> file on our disk            ┐
 *   transcode  file -> file that Telegram plays    │ one production, one BullMQ flow
 *   publish    takes all waiters, adds their sends ┘
 *   upload     file -> object in the cache, beside the sends
 *   send       one ticket becomes the media
 *   notify     the ticket's text: place, progress, choices, reasons
 *   aftercare  after a delivery: an ad, the survey, the word of a bonus
 *   analytics  events -> PostgreSQL, in batches
 *   report     numbers and records -> Telegram: the digest, alerts, answers to admins, a person's own data
 *   maintenance  scheduled: canary, sweeps, places in the queue, daily numbers
 */
export const PIPELINE = [
  intake,
  inspect,
  fetch,
  transcode,
  publish,
  upload,
  send,
  notify,
  aftercare,
  analytics,
  report,
  maintenance,
] as const

export type AnyStage = (typeof PIPELINE)[number]
export type StageName = AnyStage['name']
export type StageOf<N extends StageName> = Extract<AnyStage, { name: N }>
export type DataOf<N extends StageName> = z.infer<StageOf<N>['data']>
export type InputOf<N extends StageName> = z.infer<StageOf<N>['input']>
export type ResultOf<N extends StageName> = z.infer<StageOf<N>['result']>

export const STAGE_NAMES = PIPELINE.map((stage) => stage.name)

export function isStageName(text: string): text is StageName {
  return STAGE_NAMES.some((name) => name === text)
}
