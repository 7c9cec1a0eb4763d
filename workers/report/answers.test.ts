import { beforeEach, expect, test, vi } from 'vitest'
import { createMessages } from '../../src/shared/messages/messages.ts'
import { aggregateDay } from '../../src/shared/metrics/aggregate-day.ts'
import { addDays } from '../../src/shared/metrics/days.ts'
import { Postpone } from '../postpone.ts'
import { newPeopleText } from './new-people.ts'
import { download, failure, link, reportUnderTest, start, TIME_ZONE } from './testing/report-under-test.ts'

const stage = await reportUnderTest()
const { run, clock, happened, said, world, redis, state } = stage
const TODAY = '2026-11-20'
const day = (back: number) => addDays(TODAY, -back)

/** 40 people ten days ago, of whom fewer and fewer go on; five today. */
const old = Array.from({ length: 40 }, (_, n) => 1000 + n)
await happened(
  ...old.map((id) => start(id, `${day(10)}T10:00:00Z`)),
  ...old.slice(0, 20).map((id) => link(id, `${day(10)}T10:01:00Z`)),
  ...old.slice(0, 10).map((id) => download(id, `${day(10)}T10:02:00Z`)),
  ...old.slice(0, 5).map((id) => download(id, `${day(10)}T10:03:00Z`)),
)
const young = Array.from({ length: 5 }, (_, n) => 2000 + n)
await happened(
  ...young.map((id) => start(id, `${TODAY}T08:00:00Z`)),
  ...young.slice(0, 3).map((id) => download(id, `${TODAY}T08:02:00Z`)),
  failure(young[0] ?? 0, `${TODAY}T08:03:00Z`, 'internal'),
)
for (let back = 31; back >= 0; back--) await aggregateDay(stage.db, day(back), { timeZone: TIME_ZONE })

const admin = world.addUser({ firstName: 'Ann' })
world.openPrivateChat(admin)
const to = { chatId: admin.id, threadId: null, language: 'ru' } as const
beforeEach(stage.openGate)

test('an admin gets the numbers of the day, the week, the month, in their language', async () => {
  clock(`${TODAY}T12:00:00Z`)
  await run({ kind: 'admin_analytics', period: 'day', origin: 'u1', ...to })
  await run({ kind: 'admin_analytics', period: 'week', origin: 'u2', ...to, language: 'en' })
  await run({ kind: 'admin_analytics', period: 'month', origin: 'u3', ...to })
  const [today, week, month] = said(admin.id)
  expect(today).toBe(`📊 Сегодня, пока (20.11)

Пользователи
Новых: 5
DAU (средний): 5
Retention D1: —
Retention D7: —

Загрузки
Файлов: 3
Из кэша: 0 %
На человека: 0,6

Воронка начавших 12.11 – 12.11
/start → ссылка: —
Ссылка → файл: —
Файл → второй файл: —
Второй файл → приглашение: —

Упёрлись в лимит: 0
Опрос, «очень расстроюсь»: — (n = 0)

Ошибки: 1 (25 % запросов)`)
  expect(week).toMatch(/^📊 7 days \(14 Nov – 20 Nov\)\n/)
  // The funnel of a week is that of the seven days whose people have had their seven days.
  expect(week).toContain(
    'Funnel, who started 6 Nov – 12 Nov\n/start → link: 50%\nLink → file: 50%\nFile → second file: 50%\n',
  )
  expect(month).toContain('Новых: 45\n')
})

test('the funnel, step by step', async () => {
  clock(`${TODAY}T12:00:00Z`)
  await run({ kind: 'admin_funnel', origin: 'u4', ...to, language: 'en' })
  expect(said(admin.id).at(-1)).toBe(`🔻 Funnel, who started 14 Oct – 12 Nov

/start: 40
Link: 20 (50%)
File: 10 (50%)
Second file within 7 days: 5 (50%)
Referral: 0 (0%)`)
})

test('an update that comes again, or a job that runs again after its answer, is answered once', async () => {
  const asked = { kind: 'admin_funnel', origin: 'u5', ...to } as const
  const before = said(admin.id).length
  expect(await run(asked)).toBe('answered')
  expect(await run(asked)).toBe('answered before')
  expect(said(admin.id)).toHaveLength(before + 1)
})

test('in a topic of a group the answer stays in the topic', async () => {
  const group = world.addSupergroup({ title: 'Staff', users: [admin], topics: [7] })
  await run({ kind: 'admin_funnel', origin: 'u6', ...to, chatId: group.id, threadId: 7 })
  expect(world.messages(group).at(-1)).toMatchObject({ message_thread_id: 7 })
})

test('the channel hears of new people: one, a few, how many; once a minute, and of each once', async () => {
  const news = async (time: string) => {
    clock(time)
    const before = said().length
    const done = await run({ kind: 'new_people' })
    return [done, ...said().slice(before)]
  }
  expect(await news(`${TODAY}T08:00:30Z`)).toEqual([
    '5 new',
    '🆕 5 new in clipferry_bot:\nID 2000, ID 2001, ID 2002, ID 2003, ID 2004',
  ])
  expect(await news(`${TODAY}T08:00:50Z`)).toEqual(['nobody'])
  await happened(start(3000, `${TODAY}T08:00:40Z`))
  expect(await news(`${TODAY}T08:00:55Z`)).toEqual(['said in this minute'])
  expect(await news(`${TODAY}T08:01:00Z`)).toEqual(['1 new', '🆕 New in clipferry_bot: ID 3000'])
  await happened(...Array.from({ length: 6 }, (_, n) => start(4000 + n, `${TODAY}T08:01:30Z`)))
  expect(await news(`${TODAY}T08:02:00Z`)).toEqual(['6 new', '🆕 6 new in clipferry_bot'])
  // Seen long ago: no news, even for a channel that has heard of nobody.
  await redis.del(state.keys.newPeopleTold)
  expect(await news(`${TODAY}T10:30:00Z`)).toEqual(['nobody'])
})

test('a note that had to wait is told in the same minute', async () => {
  await happened(start(4500, `${TODAY}T10:40:00Z`))
  clock(`${TODAY}T10:40:10Z`)
  world.faults.add({ method: 'sendMessage' }, { kind: 'flood', retryAfterS: 1 })
  await expect(run({ kind: 'new_people' })).rejects.toThrow(Postpone)
  await vi.waitFor(async () => expect(await run({ kind: 'new_people' })).toBe('1 new'), { timeout: 10_000 })
})

test('two processes in one minute say one thing', async () => {
  await happened(start(5000, `${TODAY}T11:00:00Z`))
  clock(`${TODAY}T11:00:10Z`)
  const ends = await Promise.all([1, 2, 3].map(() => run({ kind: 'new_people' }, {}, stage.make())))
  expect(ends.filter((end) => end === '1 new')).toHaveLength(1)
  expect(said().filter((text) => text.includes('5000'))).toHaveLength(1)
})

test('several bots, a line for each', () => {
  const people = [...[1, 2].map((id) => ({ bot: 'a_bot', id })), { bot: 'b_bot', id: 3 }]
  expect(newPeopleText(createMessages(), 'ru', people)).toBe(
    '🆕 2 новых пользователя в a_bot:\nID 1, ID 2\n🆕 Новый пользователь в b_bot: ID 3',
  )
})
