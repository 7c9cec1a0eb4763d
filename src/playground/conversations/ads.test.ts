import { beforeAll, expect, test, vi } from 'vitest'
import { createMessages } from '../../shared/messages/messages.ts'
import { createAsking } from './asking.ts'
import { databaseOf } from './database.ts'
import { PATIENCE_MS, runningStack } from './running-stack.ts'

/** The first file is free, and an ad follows each of the others. */
const running = await runningStack({ FREE_DOWNLOADS: '1', ABOVE_FREE: 'ad', SURVEY: 'off' })
const { world, person, link, state } = running
const { untilRows, rows, offersNow } = databaseOf(running)
const { text } = createMessages()
const botId = world.firstBot().id
const soon = { timeout: 90_000, interval: 50 }
const AD = `Our friends have tea\n\n${text('en', 'ad-mark')}`

beforeAll(async () => {
  await vi.waitFor(() => rows('SELECT FROM ad_campaigns'), soon)
  await rows(
    `INSERT INTO ad_campaigns (name, message, button_text, button_url, weight) VALUES
      ('tea', 'Our friends have tea', 'Have a cup', 'https://tea.example/?from=ferry', 1),
      ('never', 'Nobody sees this', 'x', 'https://never.example/', 0)`,
  )
  await rows(
    `WITH test AS (
       INSERT INTO ab_tests (name, subject, goal, is_active, start_date)
       VALUES ('order', 'buttons', 'download_completed', true, now()) RETURNING id
     )
     INSERT INTO ab_test_variants (test_id, variant_name, variant_config, traffic_percentage)
     SELECT id, 'sound', '{"order": "audio_first"}', 100 FROM test`,
  )
  await offersNow()
}, PATIENCE_MS)

/** Somebody who need not be asked for a quality, and has had what is free. */
async function regular() {
  const alice = person()
  await state.preferences.set(botId, alice.user.id, 'v1080')
  await state.redis.hset(state.keys.person(botId, alice.user.id), 'used', 1)
  return alice
}
/** Waits until all that follows deliveries is done. */
const untilFollowed = (tickets: number) =>
  vi.waitFor(
    async () => expect(await state.queues.queue('aftercare').getCompletedCount()).toBe(tickets),
    soon,
  )
const shownTo = (userId: number, check: (rows: Record<string, unknown>[]) => void) =>
  untilRows('SELECT * FROM ad_impressions WHERE user_id = $1', [userId], check)

test('above the free limit an ad follows the file; its first press is counted, its second opens it', {
  timeout: PATIENCE_MS,
}, async () => {
  const alice = person()
  await state.preferences.set(botId, alice.user.id, 'v1080')
  await alice.ask(link('/files/clip-301.mp4')).untilMedia()
  const second = alice.ask(link('/files/clip-302.mp4'))
  await second.untilMedia()
  const button = await alice.untilButton(/Have a cup/)
  // None for the free one.
  expect(alice.said().filter((one) => one === AD)).toHaveLength(1)
  const all = world.messages(alice.chat)
  expect(all.findIndex(({ text: said }) => said === AD)).toBeGreaterThan(
    all.findIndex(({ video, reply_to_message: to }) => video && to?.message_id === second.messageId),
  )
  await shownTo(alice.user.id, (found) => expect(found).toMatchObject([{ clicked: false }]))

  expect(await alice.press(button)).toBe(text('en', 'toast-ad-open'))
  const keyboard = () =>
    world.messages(alice.chat).find(({ message_id }) => message_id === button.messageId)?.reply_markup
  await vi.waitFor(
    () =>
      expect(keyboard()?.inline_keyboard).toEqual([
        [{ text: 'Have a cup ↗', url: 'https://tea.example/?from=ferry' }],
      ]),
    soon,
  )
  // A client may send it again, though there is no such button any more: it counts once.
  expect(await alice.press(button)).toBe(text('en', 'toast-ad-open'))
  await shownTo(alice.user.id, (found) => expect(found).toMatchObject([{ clicked: true }]))
  const events = await rows(
    `SELECT name, props->>'campaignId' AS campaign FROM events WHERE user_id = $1 AND name LIKE 'ad_%' ORDER BY name`,
    [alice.user.id],
  )
  expect(events).toEqual([
    { name: 'ad_clicked', campaign: '1' },
    { name: 'ad_shown', campaign: '1' },
  ])
})

test('right after one ad there is no other; later there is; what was fetched before has none', {
  timeout: PATIENCE_MS,
}, async () => {
  const alice = await regular()
  await alice.ask(link('/files/clip-311.mp4')).untilMedia()
  await alice.untilButton(/Have a cup/)
  // However slow this machine is: the last one was just now.
  const lastAdMs = Date.now() + 3600_000
  await state.redis.hset(state.keys.person(botId, alice.user.id), { lastAdMs })
  const before = await state.queues.queue('aftercare').getCompletedCount()
  await alice.ask(link('/files/clip-312.mp4')).untilMedia()
  await untilFollowed(before + 1)
  expect(alice.said().filter((one) => one === AD)).toHaveLength(1)

  await state.redis.hset(state.keys.person(botId, alice.user.id), 'lastAdMs', 1)
  // It costs nothing, so nothing is asked for it.
  await alice.ask(link('/files/clip-312.mp4')).untilMedia()
  await alice.ask(link('/files/clip-313.mp4')).untilMedia()
  await vi.waitFor(() => expect(alice.said().filter((one) => one === AD)).toHaveLength(2), soon)
  await shownTo(alice.user.id, (found) => expect(found).toHaveLength(2))
})

test('an experiment reaches people, and who has met it is known', { timeout: PATIENCE_MS }, async () => {
  const alice = person()
  const asking = alice.ask(link('/files/clip-331.mp4'))
  await asking.untilButton(/🎬/)
  const labels = asking.buttons()
  expect(labels.findIndex((label) => label.startsWith('🎵'))).toBe(0)
  expect(labels.findIndex((label) => label.startsWith('🎬'))).toBeGreaterThan(0)
  await untilRows(
    `SELECT t.name, v.variant_name AS variant FROM ab_test_assignments a
     JOIN ab_tests t ON t.id = a.test_id JOIN ab_test_variants v ON v.id = a.variant_id WHERE a.user_id = $1`,
    [alice.user.id],
    (found) => expect(found).toEqual([{ name: 'order', variant: 'sound' }]),
  )
})

test('the hands of others count nothing', { timeout: PATIENCE_MS }, async () => {
  const alice = await regular()
  const boris = person('ru')
  const group = world.addSupergroup({ title: 'Film club', users: [alice.user, boris.user] })
  const messageId = world.sendText(alice.user, group, link('/files/clip-321.mp4'))
  await createAsking(world, alice.user, group, messageId).untilMedia()
  const ad = await vi.waitFor(() => {
    const found = world.messages(group).find((one) => one.text === AD)
    if (!found) throw new Error('no ad yet')
    return found
  }, soon)
  const [button] = ad.reply_markup?.inline_keyboard[0] ?? []
  const data = button && 'callback_data' in button ? button.callback_data : ''
  const press = async (
    by: typeof alice,
    chat: Parameters<typeof world.pressButton>[1],
    id: number,
    what = data,
  ) => (await world.pressButton(by.user, chat, id, what))?.text

  // In the group, somebody else; in a chat of their own, with what they have read there; with what nobody gave out.
  expect(await press(boris, group, ad.message_id)).toBe(text('ru', 'toast-not-yours'))
  boris.say('/help')
  const own = await vi.waitFor(() => {
    const found = world.messages(boris.chat).find(({ from }) => from?.is_bot)
    if (!found) throw new Error('no answer yet')
    return found.message_id
  }, soon)
  for (const forged of [data, 'ad:', 'ad:ZZZZZZ', 'ad:../../x', `${data}:1`])
    expect(await press(boris, boris.chat, own, forged), forged).toBe(text('ru', 'toast-expired'))
  // Her own ad, but under another message of the bot.
  const other = world.messages(group).find(({ video }) => video)?.message_id ?? 0
  expect(await press(alice, group, other)).toBe(text('en', 'toast-expired'))
  await shownTo(alice.user.id, (found) => expect(found).toMatchObject([{ clicked: false }]))
  expect(await press(alice, group, ad.message_id)).toBe(text('en', 'toast-ad-open'))
  await shownTo(alice.user.id, (found) => expect(found).toMatchObject([{ clicked: true }]))
  expect(
    await rows(`SELECT FROM events WHERE name = 'ad_clicked' AND user_id = $1`, [boris.user.id]),
  ).toEqual([])
})
