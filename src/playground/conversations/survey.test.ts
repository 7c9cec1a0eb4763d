import { expect, test, vi } from 'vitest'
import { createMessages } from '../../shared/messages/messages.ts'
import { databaseOf } from './database.ts'
import { PATIENCE_MS, runningStack } from './running-stack.ts'

const running = await runningStack({ FREE_DOWNLOADS: '0' })
const { stack, world, person, link, state } = running
const { untilRows, rows, offersNow } = databaseOf(running)
const { text } = createMessages()
const botId = world.firstBot().id
const soon = { timeout: 90_000, interval: 50 }

/** Somebody who has had nine files, and now the tenth. */
async function veteran(language: 'en' | 'ru' = 'en') {
  const alice = person(language)
  await state.preferences.set(botId, alice.user.id, 'v1080')
  await state.redis.hset(state.keys.person(botId, alice.user.id), {
    delivered: 9,
    firstSeenMs: Date.now() - 2.5 * 24 * 3600_000,
  })
  await alice.ask(link('/files/clip-401.mp4')).untilMedia()
  await alice.untilSaid(text(language, 'survey-pmf'))
  return alice
}
type Person = Awaited<ReturnType<typeof veteran>>
const completed = (alice: Person, check: (rows: Record<string, unknown>[]) => void) =>
  untilRows(
    `SELECT props FROM events WHERE name = 'survey_completed' AND user_id = $1`,
    [alice.user.id],
    check,
  )
const answers = (alice: Person) =>
  rows('SELECT bot, pmf, useful_for, words FROM survey_answers WHERE user_id = $1', [alice.user.id])
const press = async (alice: Person, label: string) =>
  await alice.press(await alice.untilButton(new RegExp(`^${label}$`)))
const WORDS = 'Louder, please. Söng & <b>dance</b>'

test('after the tenth file: two questions, and words that end in PostgreSQL and nowhere else', {
  timeout: PATIENCE_MS,
}, async () => {
  const alice = await veteran()
  const first = await alice.untilButton(/Very disappointed/)
  expect(await alice.press(first)).toBe('')
  await alice.untilSaid(text('en', 'survey-usefulFor'))
  // Again, and another answer to a question that is answered: nothing changes.
  await alice.press(first)
  await alice.press({ ...first, data: first.data.replace('very', 'not') })
  await press(alice, 'Music and sound')
  await alice.untilSaid(text('en', 'survey-words'))

  // A link is a link, a command a command.
  await alice.ask(link('/files/clip-401.mp4')).untilMedia()
  alice.say('/help')
  await alice.untilSaid(text('en', 'help'))
  expect(await state.redis.hget(state.keys.survey(botId, alice.user.id), 'endedBy')).toBeNull()

  alice.say(WORDS)
  await alice.untilSaid(text('en', 'survey-thanks'))
  // Words after these are words like any others.
  const helped = alice.said().filter((one) => one === text('en', 'help')).length
  alice.say('And another thing')
  await vi.waitFor(
    () => expect(alice.said().filter((one) => one === text('en', 'help'))).toHaveLength(helped + 1),
    soon,
  )
  await completed(alice, (found) =>
    expect(found.map(({ props }) => props)).toEqual([
      { pmf: 'very', usefulFor: 'audio', hasWords: true, downloads: 11, daysSinceFirst: 2 },
    ]),
  )
  await offersNow()
  const bot = world.firstBot().user.username
  expect(await answers(alice)).toEqual([{ bot, pmf: 'very', useful_for: 'audio', words: WORDS }])
  expect(await state.redis.exists(state.keys.survey(botId, alice.user.id))).toBe(0)

  const events = await rows('SELECT count(*)::int AS count FROM events WHERE props::text LIKE $1', [
    '%Louder%',
  ])
  expect(events).toEqual([{ count: 0 }])
  expect(await stack.logs()).not.toContain('Louder')
  for await (const keys of state.redis.scanStream({ match: `${state.keys.prefix}:*`, count: 1000 }))
    for (const key of keys as string[])
      if ((await state.redis.type(key)) === 'hash')
        expect(JSON.stringify(await state.redis.hgetall(key)), key).not.toContain('Louder')

  // Not again for 90 days.
  await alice.ask(link('/files/clip-401.mp4')).untilMedia()
  expect(alice.said().filter((one) => one === text('en', 'survey-pmf'))).toEqual([])
})

test('without words, in Russian; pressed twice, it is one answer', { timeout: PATIENCE_MS }, async () => {
  const boris = await veteran('ru')
  await press(boris, text('ru', 'survey-not_applicable'))
  await press(boris, text('ru', 'survey-other'))
  const skip = await boris.untilButton(/Пропустить/)
  await boris.press(skip)
  await boris.untilSaid(text('ru', 'survey-thanks'))
  expect(await boris.press(skip)).toBe(text('ru', 'toast-survey-over'))
  await completed(boris, (found) =>
    expect(found.map(({ props }) => props)).toMatchObject([
      { pmf: 'not_applicable', usefulFor: 'other', hasWords: false },
    ]),
  )
  await offersNow()
  expect(await answers(boris)).toMatchObject([{ pmf: 'not_applicable', useful_for: 'other', words: null }])
})

test('who stops half-way has answered half of it', { timeout: PATIENCE_MS }, async () => {
  const alice = await veteran()
  await press(alice, '😐 Somewhat disappointed')
  await alice.untilSaid(text('en', 'survey-usefulFor'))
  // A day later.
  await state.redis.zadd(state.keys.surveys, 1, `${botId}.${alice.user.id}`)
  await offersNow()
  expect(await answers(alice)).toMatchObject([{ pmf: 'somewhat', useful_for: null, words: null }])
  expect(await press(alice, 'Videos')).toBe(text('en', 'toast-survey-over'))
  await completed(alice, (found) => expect(found).toHaveLength(1))
})

test('what nobody gave out, and the hands of others, answer nothing', { timeout: PATIENCE_MS }, async () => {
  const alice = await veteran()
  const { data, messageId } = await alice.untilButton(/Very disappointed/)
  const [, askedAt = ''] = data.split(':')
  const boris = person()
  boris.say('/help')
  await boris.untilSaid(text('en', 'help'))
  const own = world.messages(boris.chat).find(({ from }) => from?.is_bot)?.message_id ?? 0
  const over = text('en', 'toast-survey-over')
  const byBoris = await world.pressButton(boris.user, boris.chat, own, data)
  expect(byBoris?.text).toBe(over)
  const group = world.addSupergroup({ title: 'Film club', users: [alice.user, boris.user] })
  world.sendText(boris.user, group, '/help')
  const inGroup = await vi.waitFor(() => {
    const found = world.messages(group).find(({ from }) => from?.is_bot)
    if (!found) throw new Error('no answer yet')
    return found.message_id
  }, soon)
  // Not even her own, where others see it.
  expect((await world.pressButton(alice.user, group, inGroup, data))?.text).toBe(over)
  for (const forged of [
    'survey:',
    'survey:0:pmf:very',
    `survey:${askedAt}:pmf:most`,
    `survey:${askedAt}:usefulFor:video`,
    `survey:${askedAt}:skip`,
    `survey:${askedAt}:words:hello`,
    `survey:${askedAt}:pmf:very:x`,
  ])
    expect(await alice.press({ messageId, text: '', data: forged }), forged).toBe(over)
  const kept = await state.redis.hgetall(state.keys.survey(botId, alice.user.id))
  expect(Object.keys(kept)).toEqual(['askedAtMs'])
})
