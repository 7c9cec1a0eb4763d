import { expect } from 'vitest'
import type { World } from '../bot-api/world.ts'
import type { Kill } from './arm.ts'
import { type Ask, isTold, mediaFor } from './people.ts'

const SENDS_MEDIA = /^send(Video|Audio|Animation|Document)$/

/**
 * Everybody has their media, once, or the reason why there is none. A message of its own may come once more for each
 * kill of a `send` worker between the call and its record: each copy must have such a kill before it.
 * @returns how many copies there were.
 */
export function expectDeliveredOnce(world: World, asks: readonly Ask[], kills: readonly Kill[]): number {
  const calls = Map.groupBy(
    world.ledger.of(SENDS_MEDIA).filter(({ workDone }) => workDone),
    ({ chatId }) => chatId,
  )
  const wrong: object[] = []
  let extra = 0
  for (const ask of asks) {
    const media = mediaFor(world, ask)
    const told = isTold(world, ask)
    const isDirect = ({ params }: { params: Readonly<Record<string, unknown>> }) =>
      new RegExp(`message_id\\\\?":${ask.messageId}\\b`).test(JSON.stringify(params.reply_parameters ?? ''))
    const direct = (calls.get(ask.chat.id) ?? []).filter(isDirect)
    const copies = direct.slice(1).filter((call, index) => {
      const { at = 0 } = direct[index] ?? {}
      return kills.some(({ place, atMs }) => place.startsWith('send.') && atMs >= at && atMs <= call.at)
    }).length
    extra += copies
    const count = media.length - copies
    if (count !== (told ? 0 : 1))
      wrong.push({ path: ask.path, messageId: ask.messageId, media: media.length, copies, told })
  }
  expect(wrong).toEqual([])
  return extra
}
