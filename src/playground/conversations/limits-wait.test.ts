import { describe, expect, test, vi } from 'vitest'
import { createMessages } from '../../shared/messages/messages.ts'
import { PATIENCE_MS, runningStack } from './running-stack.ts'
import { addPerson } from './talk.ts'

/** By invitation; one file is free, and each after it comes a little later. */
const HOST = 7_000_000_002
const WAIT_S = 4
const { link, state, world } = await runningStack({
  ...{ ACCESS: 'invite', ALLOWED_USER_IDS: String(HOST) },
  ...{ FREE_DOWNLOADS: '1', ABOVE_FREE: 'wait', ABOVE_FREE_WAIT_SECONDS: String(WAIT_S), SURVEY: 'off' },
})
const { text } = createMessages()
const botId = world.firstBot().id
const soon = { timeout: 90_000, interval: 50 }
const clip = (n: number) => link(`/files/clip-${500 + n}.mp4`)

/** Somebody who came by the link of the one on the list. */
async function invited(language: 'en' | 'ru' = 'en') {
  const one = addPerson(world, language)
  await state.redis.hset(state.keys.person(botId, HOST), 'firstSeenMs', 1)
  one.say(`/start ref_${await state.referrals.codeOf(botId, HOST)}`)
  await one.untilSaid(text(language, 'start'))
  await state.preferences.set(botId, one.user.id, 'v1080')
  return one
}
const used = async (one: ReturnType<typeof addPerson>) => (await state.people.get(botId, one.user.id)).used

describe.concurrent('above what is free', { timeout: PATIENCE_MS }, () => {
  test.each(['en', 'ru'] as const)('it comes later, and says so (%s)', async (language) => {
    const alice = await invited(language)
    const first = language === 'en' ? 1 : 3
    await alice.ask(clip(first)).untilMedia()
    const askedAt = Date.now()
    const second = alice.ask(clip(first + 1))
    // It counts what is left of the wait, which is soon less than all of it.
    await second.untilText(new RegExp(text(language, 'ticket-waiting', { wait: '.*' }).split('.*')[0] ?? ''))
    expect(second.buttons()).toEqual([text(language, 'button-cancel')])
    await second.untilMedia()
    expect(Date.now() - askedAt).toBeGreaterThanOrEqual(WAIT_S * 1000)
    expect(second.answers()).toHaveLength(1)
    await vi.waitFor(async () => expect(await used(alice)).toBe(2), soon)
    // What is there comes at once, without a word of waiting.
    const again = alice.ask(clip(first + 1))
    await again.untilMedia()
    expect(again.history().filter(({ text: said }) => said !== '')).toEqual([])
  })

  test('who cancels while it waits gets nothing, and it costs nothing', async () => {
    const alice = await invited()
    await state.redis.hset(state.keys.person(botId, alice.user.id), 'used', 1)
    const asking = alice.ask(clip(11))
    await asking.untilText(/⏳/)
    const ticket = asking.ticket()
    await asking.press(/Cancel/)
    await asking.untilText(/^Cancelled\.$/)
    const isOver = async () => {
      const { waitUntilMs = 0 } = (await state.requests.get(ticket)) ?? {}
      expect(
        await state.queues
          .queue('intake')
          .getJob(`${ticket}-later-${waitUntilMs}`)
          .then((job) => job?.getState()),
      ).toBe('completed')
    }
    await vi.waitFor(isOver, soon)
    expect(asking.answers()).toMatchObject([{ text: 'Cancelled.' }])
    expect(await used(alice)).toBe(1)
  })
})

describe.concurrent('who is not invited', { timeout: PATIENCE_MS }, () => {
  test.each(['en', 'ru'] as const)('hears how to be, and is let in when they are (%s)', async (language) => {
    const boris = addPerson(world, language)
    const reason = text(language, 'failure-not_invited')
    const asking = boris.ask(`${clip(21)} ${clip(22)}`)
    await asking.untilText(new RegExp(reason.slice(0, 20)))
    expect(asking.answers()).toHaveLength(1)
    expect(asking.buttons()).toEqual([])
    for (const words of ['/start', '/start ref_0000000000', '/stats']) {
      const before = boris.said().length
      boris.say(words)
      await vi.waitFor(() => expect(boris.said().length).toBeGreaterThan(before), soon)
      expect(boris.said().at(-1)).toBe(reason)
    }
    boris.say(`/start ref_${await state.referrals.codeOf(botId, HOST)}`)
    await boris.untilSaid(text(language, 'start'))
    await boris.ask(clip(language === 'en' ? 23 : 24)).press(/🎬/)
  })
})
