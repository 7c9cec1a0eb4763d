import { setTimeout as sleep } from 'node:timers/promises'
import type { Message } from '@grammyjs/types'
import type { World } from '../bot-api/world.ts'
import { buttonsOf } from '../conversations/asking.ts'
import type { Asked } from './asked.ts'

/** So long do people look at buttons before they press. */
const LOOK_MS = 300
/** Who gets no answer presses again, so often; an answer comes within ten seconds or not at all. */
const MOST_PRESSES = 12

/** Presses buttons as people with an intention do: each thing once, and again only while nothing answers. */
export function createPresser(world: World) {
  const begun = new Set<string>()
  const retries = new Map<string, number>()
  let busy = 0

  /** @returns whether the press was answered */
  const press = async ({ user, chat }: Asked, messageId: number, data: string): Promise<boolean> => {
    for (let times = 0; times < MOST_PRESSES; times++) {
      await sleep(LOOK_MS)
      const message = world.message(chat, messageId)
      const isThere = message && buttonsOf(message).some((button) => button.data === data)
      if (!isThere || chat.isBlocked || chat.migratedTo !== null) return false
      if (await world.pressButton(user, chat, messageId, data)) return true
    }
    return false
  }
  const once = (key: string, act: () => Promise<unknown>) => {
    if (begun.has(key)) return
    begun.add(key)
    busy += 1
    void act().finally(() => {
      busy -= 1
    })
  }
  const buttonOn = (asked: Asked, messageId: number, action: string) => {
    const message = world.message(asked.chat, messageId)
    return message && buttonsOf(message).find(({ data }) => data.startsWith(`${action}:`))
  }

  const take = async (asked: Asked, messageId: number, ticket: string): Promise<void> => {
    const { intention } = asked.ask
    if (intention.what === 'ignore') return
    if (intention.what === 'take' && intention.keep) await press(asked, messageId, `keep:${ticket}`)
    const message = world.message(asked.chat, messageId)
    const offers = (message ? buttonsOf(message) : []).filter(({ data }) => data.startsWith('pick:'))
    const offer = offers[intention.choice] ?? offers[0]
    if (offer) await press(asked, messageId, offer.data)
    if (intention.what !== 'cancel') return
    await sleep(intention.afterMs)
    const cancel = buttonOn(asked, messageId, 'cancel')
    if (cancel) await press(asked, messageId, cancel.data)
  }
  const retry = async (asked: Asked, messageId: number, ticket: string): Promise<void> => {
    const times = retries.get(ticket) ?? 0
    const button = buttonOn(asked, messageId, 'retry')
    if (!button || times >= asked.ask.retries) return
    retries.set(ticket, times + 1)
    await press(asked, messageId, button.data)
  }

  return {
    /** Something that a person waits for has changed. */
    react(asked: Asked, message: Message): void {
      for (const { data } of buttonsOf(message)) {
        const [action, ticket = ''] = data.split(':')
        const { message_id: id } = message
        if (action === 'pick') once(`take ${ticket}`, () => take(asked, id, ticket))
        if (action === 'retry')
          once(`retry ${ticket} ${retries.get(ticket) ?? 0}`, () => retry(asked, id, ticket))
      }
    },
    /** Somebody is about to press, or waits for an answer. */
    isBusy: () => busy > 0,
  }
}
