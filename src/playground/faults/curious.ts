import { setTimeout as sleep } from 'node:timers/promises'
import type { Message } from '@grammyjs/types'
import { buttonsOf } from '../conversations/asking.ts'
import { newPerson } from './people.ts'
import type { ProductUnderFire } from './product-under-fire.ts'

const LOOK_EVERY_MS = 100
/** What the bot says itself dies with the bot: who hears nothing asks again. */
const ASK_AGAIN_MS = 20_000

/**
 * People who want to know what is kept of them, have it as a file, and are forgotten; each of them once, and without a
 * link. They keep the stage of reports at work.
 */
export function createCurious({ world, state }: ProductUnderFire) {
  let isOver = false
  let forgotten = 0

  const live = async () => {
    while (!isOver) {
      const { user, chat } = newPerson(world)
      const until = async <T>(find: (message: Message) => T | undefined | false): Promise<T> => {
        for (;;) {
          for (const message of world.messages(chat)) {
            const found = message.from?.is_bot && find(message)
            if (found) return found
          }
          await sleep(LOOK_EVERY_MS)
        }
      }
      /** Does something until the bot has answered it. */
      const doUntil = async <T>(
        act: () => void,
        find: (message: Message) => T | undefined | false,
      ): Promise<T> => {
        act()
        const again = setInterval(act, ASK_AGAIN_MS)
        return await until(find).finally(() => clearInterval(again))
      }
      const button = (label: RegExp) => (message: Message) =>
        buttonsOf(message).find(({ text }) => label.test(text))
      const press = ({ messageId, data }: { messageId: number; data: string }) =>
        void world.pressButton(user, chat, messageId, data)
      const send = await doUntil(() => void world.sendText(user, chat, '/privacy'), button(/Export/))
      await doUntil(
        () => press(send),
        ({ document }) => document,
      )
      const forget = await until(button(/Forget me/))
      const sure = await doUntil(() => press(forget), button(/Yes, forget me/))
      await doUntil(
        () => press(sure),
        ({ text }) => text?.startsWith('Done:'),
      )
      forgotten += 1
    }
  }
  const living = Promise.all([live(), live(), live()])

  return {
    forgotten: () => forgotten,
    /** Nobody asks again; resolves when all have their answer, and what comes late is on its way, not in its minutes. */
    async end() {
      isOver = true
      await living
      const queue = state.queues.queue('report')
      for (const job of await queue.getDelayed()) await job.promote().catch(() => undefined)
    },
  }
}
