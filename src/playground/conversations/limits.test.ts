import { describe, expect, test, vi } from 'vitest'
import { createMessages } from '../../shared/messages/messages.ts'
import type { Asking } from './asking.ts'
import { PATIENCE_MS, runningStack } from './running-stack.ts'
import { type addPerson, talkIn } from './talk.ts'

/** Two files are free, and then it is over. */
const ADMIN = 7_000_000_001
const { person, link, hits, state, world } = await runningStack({
  ...{ FREE_DOWNLOADS: '2', ABOVE_FREE: 'stop', LINKS_PER_MINUTE: '0', LINKS_PER_DAY: '12', SURVEY: 'off' },
  ...{ ADMIN_USER_IDS: String(ADMIN), MAX_FILE_MB: '6' },
})
const { text } = createMessages()
const botId = world.firstBot().id
const soon = { timeout: 90_000, interval: 50 }
const adminUser = world.addUser({ id: ADMIN, firstName: 'Admin', languageCode: 'en' })
const admin = talkIn(world, adminUser, world.openPrivateChat(adminUser))

/** Somebody who need not be asked for a quality. */
async function decided(language: 'en' | 'ru' = 'en') {
  const one = person(language)
  await state.preferences.set(botId, one.user.id, 'v1080')
  return one
}
const clip = (n: number) => link(`/files/clip-${400 + n}.mp4`)
const known = (one: ReturnType<typeof addPerson>) => state.people.get(botId, one.user.id)
const used = (one: ReturnType<typeof addPerson>, count: number) =>
  vi.waitFor(async () => expect((await known(one)).used).toBe(count), soon)
const reasonOf = async (asking: Asking) => {
  const { text: said = '' } = await asking.untilText(/(Code|Код) [0-9A-Z]{6,}$/)
  return said.split('\n\n')[0]
}
const stats = (total: number, left: number, allowed: number) =>
  `${text('en', 'stats', { total, today: total, thisMonth: total })}\n\n${text('en', 'stats-free', { left, allowed })}`

describe.concurrent('what is free', { timeout: PATIENCE_MS }, () => {
  test.each(['en', 'ru'] as const)('is used up, told, and more of it is to be had (%s)', async (language) => {
    const first = language === 'en' ? 1 : 5
    const alice = await decided(language)
    await alice.ask(clip(first)).untilMedia()
    await alice.ask(clip(first + 1)).untilMedia()
    const path = `/files/clip-${400 + first + 2}.mp4`
    const third = alice.ask(link(path))
    expect(await reasonOf(third)).toBe(text(language, 'ticket-limit-reached', { allowed: 2, bonusEach: 5 }))
    // What it is was looked at; it was not fetched.
    expect(await state.queues.queue('fetch').getJob(`${third.ticket()}-1`)).toBeUndefined()
    expect(third.buttons()).toEqual([text(language, 'button-retry')])
    // What we have costs nothing, however often.
    for (let n = 0; n < 2; n++) await alice.ask(clip(first)).untilMedia()
    expect((await known(alice)).used).toBe(2)
    if (language === 'en') {
      await vi.waitFor(async () => expect((await known(alice)).delivered).toBe(4), soon)
      alice.say('/stats')
      await alice.untilSaid(stats(4, 0, 2))
    }
    await state.redis.hincrby(state.keys.person(botId, alice.user.id), 'bonus', 5)
    await third.press(new RegExp(text(language, 'button-retry')))
    await third.untilMedia()
    await used(alice, 3)
  })

  test('of ten links at once, two', async () => {
    const alice = await decided()
    const asking = alice.ask(Array.from({ length: 10 }, (_, n) => clip(10 + n)).join('\n'))
    const media = () => asking.answers().filter(({ video }) => video)
    const refused = () =>
      asking
        .answers()
        .filter(({ text: said }) =>
          said?.startsWith(text('en', 'ticket-limit-reached', { allowed: 2, bonusEach: 5 })),
        )
    await vi.waitFor(() => expect([media().length, refused().length]).toEqual([2, 8]), soon)
    await used(alice, 2)
  })

  test('what is cancelled, and what fails, costs nothing', async () => {
    const alice = await decided()
    const slow = alice.ask(link('/watch/slow?bytesPerSecond=20000&for=limits'))
    await slow.untilText(/Downloading/)
    await used(alice, 1)
    await slow.press(/Cancel/)
    await slow.untilText(/^Cancelled\.$/)
    await used(alice, 0)

    const failing = alice.ask(link('/watch/endless?for=limits'))
    expect(await reasonOf(failing)).toBe(text('en', 'failure-too_large'))
    await used(alice, 0)

    const gone = alice.ask(link('/watch/gone?for=limits'))
    expect(await reasonOf(gone)).toBe(text('en', 'failure-gone'))
    await alice.ask(clip(21)).untilMedia()
    await vi.waitFor(async () => expect((await known(alice)).delivered).toBe(1), soon)
    await used(alice, 1)
    alice.say('/stats')
    await alice.untilSaid(stats(1, 1, 2))
  })

  test('an admin gives more, and takes it back', async () => {
    const alice = await decided()
    await state.redis.hset(state.keys.person(botId, alice.user.id), 'used', 2)
    const asking = alice.ask(clip(31))
    await reasonOf(asking)
    admin.say(`/limits ${alice.user.id} free 3`)
    await admin.untilSaid(new RegExp(`^${alice.user.id}\nFree files used: 2, of 3`))
    await asking.press(/Try again/)
    await asking.untilMedia()
    const next = alice.ask(clip(32))
    expect(await reasonOf(next)).toBe(text('en', 'ticket-limit-reached', { allowed: 3, bonusEach: 5 }))
    admin.say(`/limits ${alice.user.id} paid on`)
    await admin.untilSaid(/Paid: yes/)
    await next.press(/Try again/)
    await next.untilMedia()
  })
})

describe.concurrent('the door', { timeout: PATIENCE_MS }, () => {
  test('too many links in a day get one kind answer, and a group hears none', async () => {
    const alice = person()
    const many = (from: number, count: number) =>
      Array.from({ length: count }, (_, n) => link(`/watch/gone?n=${from + n}`)).join('\n')
    const first = alice.ask(many(0, 10))
    await vi.waitFor(() => expect(first.answers()).toHaveLength(10), soon)
    const second = alice.ask(many(10, 5))
    const told = () =>
      second.answers().filter(({ text: said }) => said?.startsWith(text('en', 'failure-too_many_today')))
    await vi.waitFor(() => expect(told()).toHaveLength(1), soon)
    expect(told()[0]?.reply_markup?.inline_keyboard ?? []).toEqual([])
    // Three of five were too many, in one word.
    await vi.waitFor(() => expect(second.answers()).toHaveLength(3), soon)
    const group = world.addGroup({ title: 'Club', users: [alice.user] })
    const inGroup = talkIn(world, alice.user, group).ask(many(30, 1))
    await untilTaken(alice.user.id, group.id)
    expect(inGroup.answers()).toEqual([])
  })

  test('who is blocked is told kindly, whatever they try, and may come back', async () => {
    const [alice, boris] = [await decided(), person('ru')]
    const choosing = boris.ask(clip(41))
    await choosing.untilButton(/🎬/)
    for (const { user } of [alice, boris]) {
      admin.say(`/block ${user.id}`)
      await admin.untilSaid(text('en', 'block-done', { id: String(user.id) }))
    }
    const path = '/files/clip-442.mp4'
    expect(await reasonOf(alice.ask(link(path)))).toBe(text('en', 'failure-blocked'))
    expect(hits(path)).toBe(0)
    alice.say('/stats')
    await alice.untilSaid(text('en', 'failure-blocked'))
    expect(await choosing.press(/🎬/)).toBe(text('ru', 'failure-blocked'))
    expect(hits('/files/clip-441.mp4')).toBeGreaterThan(0)
    // In a group, it is as if nobody had said anything.
    const group = world.addGroup({ title: 'Club', users: [alice.user, boris.user] })
    const inGroup = talkIn(world, alice.user, group).ask(clip(43))
    const others = talkIn(world, boris.user, group)
    others.say('/help@clipferry_bot')
    await untilTaken(alice.user.id, group.id)
    expect([inGroup.answers(), others.said()]).toEqual([[], []])

    admin.say(`/unblock ${alice.user.id}`)
    await admin.untilSaid(text('en', 'unblock-done', { id: String(alice.user.id) }))
    await alice.ask(link(path)).untilMedia()
  })

  test('the words of admins do nothing in the mouth of others', async () => {
    const [alice, boris] = [person(), person()]
    for (const words of [`/block ${boris.user.id}`, `/limits ${alice.user.id} paid on`, '/limits']) {
      const before = alice.said().length
      alice.say(words)
      await vi.waitFor(() => expect(alice.said()).toHaveLength(before + 1), soon)
      expect(alice.said().at(-1)).toBe(text('en', 'help'))
    }
    expect(await known(boris)).toMatchObject({ isBlocked: false })
    expect(await known(alice)).toMatchObject({ isPaid: false })
  })
})

/** Waits until intake is through with what a person has sent to a chat. */
const untilTaken = (userId: number, chatId: number) =>
  vi.waitFor(async () => {
    const done = await state.queues.queue('intake').getJobs(['completed'])
    const isTheirs = ({ data }: (typeof done)[number]) =>
      data.asker?.userId === userId && data.asker?.chatId === chatId
    expect(done.filter((job) => job && isTheirs(job))).toHaveLength(1)
  }, soon)
