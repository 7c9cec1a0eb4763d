import { expect, test, vi } from 'vitest'
import { createMessages } from '../../shared/messages/messages.ts'
import { PATIENCE_MS, runningStack } from './running-stack.ts'

const { person, link, hits } = await runningStack({ MAX_QUEUED_PER_PERSON: '5' })
const messages = createMessages()
const soon = { timeout: 90_000, interval: 50 }

test.concurrent.each(['en', 'ru'] as const)(
  'more links than one person may have in work (%s)',
  { timeout: PATIENCE_MS },
  async (language) => {
    const text: typeof messages.text = messages.text
    const tryAgain = new RegExp(text(language, 'button-retry'))
    const alice = person(language)
    const failed = alice.ask(link('/watch/live'))
    await failed.untilButton(tryAgain)

    const paths = Array.from({ length: 12 }, (_, n) => `/files/clip-${language}${n}.mp4`)
    const asking = alice.ask(paths.map(link).join('\n'))
    const note = text(language, 'ticket-left-out', { count: 5, inWork: 5 })
    // Ten links of a message are taken at all, and five of them have no room.
    await alice.untilSaid(text(language, 'links-cut', { count: 10 }))
    const questions = () =>
      asking.answers().filter((answer) => /🎬/.test(JSON.stringify(answer.reply_markup)))
    await vi.waitFor(() => expect(questions()).toHaveLength(5), soon)
    const told = () => asking.answers().filter((answer) => answer.text?.startsWith(note))
    await vi.waitFor(() => expect(told()).toHaveLength(1), soon)
    expect(told()[0]?.text?.slice(note.length)).toMatch(/^\n\n(Code|Код) [0-9A-Z]{6,}$/)
    expect(told()[0]?.reply_markup?.inline_keyboard ?? []).toEqual([])
    expect(asking.answers()).toHaveLength(6)
    expect(paths.map((path) => hits(path) > 0)).toEqual(paths.map((_, n) => n < 5))

    // What had failed may not begin again now, and says so.
    await failed.press(tryAgain)
    await failed.untilText(new RegExp(text(language, 'failure-too_many')))
    expect(failed.buttons()).toEqual([text(language, 'button-retry')])

    alice.say('/cancel')
    await alice.untilSaid(text(language, 'cancel-done', { count: 5 }))
    await vi.waitFor(() => expect(questions()).toEqual([]), soon)
    await failed.press(tryAgain)
    await failed.untilText(new RegExp(text(language, 'failure-live')))
    await alice.ask(link(paths[11] ?? '')).untilButton(/🎬/)
  },
)
