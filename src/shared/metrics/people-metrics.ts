import { count, DAY, maybe, number, share } from './columns.ts'
import { defineMetric } from './metric.ts'
import { DAYS, inScope, known, ratio, valuesOf } from './query-parts.ts'

const PEOPLE_FILTERS = ['bot', 'source'] as const
const STATS = `${DAYS} AS d LEFT JOIN daily_stats AS s ON s.day = d.day AND ${inScope('s')}`

export const activePeople = defineMetric({
  id: 'active-people',
  title: { en: 'Active people', ru: 'Активные люди' },
  definition: {
    en: 'Different people who did something of their own accord (a command, a link, an inline query, a button, an answer): on that day (DAU), in the 7 days that end with it (WAU), in the 30 days that end with it (MAU). What the bot sends makes nobody active. Stickiness is DAU divided by MAU. Today counts as far as it has come.',
    ru: 'Разные люди, которые сами что-то сделали (команда, ссылка, инлайн-запрос, кнопка, ответ): в этот день (DAU), за 7 дней, считая его последним (WAU), за 30 дней, считая его последним (MAU). То, что присылает бот, активным не делает. Липкость — DAU, делённый на MAU. Сегодняшний день считается по текущий момент.',
  },
  decision: {
    en: 'Whether the product grows, and how much the servers must carry.',
    ru: 'Растёт ли продукт и какую нагрузку должны держать серверы.',
  },
  filters: PEOPLE_FILTERS,
  columns: {
    day: DAY,
    dau: maybe(count('DAU', 'DAU')),
    wau: maybe(count('WAU', 'WAU')),
    mau: maybe(count('MAU', 'MAU')),
    stickiness: maybe(share('Stickiness', 'Липкость')),
  },
  sql: (query) => ({
    text: `SELECT d.day::text, ${known('dau')} AS dau, ${known('wau')} AS wau, ${known('mau')} AS mau,
        ${ratio('s.dau', 's.mau')} AS stickiness
      FROM ${STATS} ORDER BY d.day`,
    values: valuesOf(query),
  }),
})

export const newPeople = defineMetric({
  id: 'new-people',
  title: { en: 'New people', ru: 'Новые люди' },
  definition: {
    en: 'People who were seen for the first time ever on that day, in whatever way. Started: those whose first ever /start was on that day, and where it came from: a plain start, somebody’s invitation, or a campaign’s link. Somebody who starts again is not new.',
    ru: 'Люди, которых в этот день увидели впервые за всё время, каким бы путём они ни пришли. «Запустили» — те, чей самый первый /start был в этот день, и откуда он: обычный запуск, чьё-то приглашение или ссылка кампании. Кто запускает повторно, тот не новый.',
  },
  decision: {
    en: 'Where to invest to be found, and whether a campaign works.',
    ru: 'Во что вкладываться, чтобы нас находили, и работает ли кампания.',
  },
  filters: PEOPLE_FILTERS,
  columns: {
    day: DAY,
    people: maybe(count('New', 'Новые')),
    started: maybe(count('Started', 'Запустили')),
    organic: maybe(count('Plain start', 'Сами')),
    referral: maybe(count('Invited', 'По приглашению')),
    campaign: maybe(count('By a campaign', 'По кампании')),
  },
  sql: (query) => {
    const from = (source: string) => `CASE WHEN d.is_known THEN coalesce((
        SELECT o.started FROM daily_stats AS o
        WHERE o.day = d.day AND o.bot = $3 AND o.source = '${source}' AND $4 IN ('*', '${source}')), 0)::float8 END`
    return {
      text: `SELECT d.day::text, ${known('new_people')} AS people, ${known('started')} AS started,
          ${from('organic')} AS organic, ${from('referral')} AS referral, ${from('campaign')} AS campaign
        FROM ${STATS} ORDER BY d.day`,
      values: valuesOf(query),
    }
  },
})

export const sessions = defineMetric({
  id: 'sessions',
  title: { en: 'Sessions', ru: 'Сессии' },
  definition: {
    en: 'A session begins with a first action, or with one after more than 30:00 minutes without any; it counts on the day on which it begins. Messages of the bot do not make it longer. Per person: sessions divided by the people active that day.',
    ru: 'Сессия начинается с первого действия или с действия после перерыва больше 30:00 минут; она относится к дню, когда началась. Сообщения бота её не продлевают. На человека — сессии, делённые на активных в этот день людей.',
  },
  decision: {
    en: 'Whether people make it a habit or come once for one file.',
    ru: 'Входит ли бот в привычку или за ним приходят один раз ради одного файла.',
  },
  filters: PEOPLE_FILTERS,
  columns: {
    day: DAY,
    sessions: maybe(count('Sessions', 'Сессии')),
    people: maybe(count('Active people', 'Активные люди')),
    perPerson: maybe(number('Per person', 'На человека')),
  },
  sql: (query) => ({
    text: `SELECT d.day::text, ${known('sessions')} AS sessions, ${known('dau')} AS people,
        ${ratio('s.sessions', 's.dau')} AS "perPerson"
      FROM ${STATS} ORDER BY d.day`,
    values: valuesOf(query),
  }),
})

export const churn = defineMetric({
  id: 'churn',
  title: { en: 'Churn', ru: 'Отток' },
  definition: {
    en: 'Of the people who were active in the 30 days before the last 30 (days 59 to 30 before that day), those who were not active once in the 30 days that end with that day. A day that is not over has no value.',
    ru: 'Из людей, активных в предыдущие 30 дней (с 59-го по 30-й день до этого дня), — те, кто ни разу не был активен за 30 дней, считая этот день последним. У незавершённого дня значения нет.',
  },
  decision: {
    en: 'Whether more people leave than before: look at failures and limits of the same days.',
    ru: 'Стало ли уходить больше людей: смотрите ошибки и лимиты тех же дней.',
  },
  filters: PEOPLE_FILTERS,
  columns: {
    day: DAY,
    before: maybe(count('Active before', 'Были активны')),
    lost: maybe(count('Gone', 'Ушли')),
    share: maybe(share('Churn', 'Отток')),
  },
  sql: (query) => {
    const over = (column: string) => `CASE WHEN d.day < $5::date THEN ${known(column)} END`
    return {
      text: `SELECT d.day::text, ${over('active_before')} AS before, ${over('lost')} AS lost,
          CASE WHEN d.day < $5::date THEN ${ratio('s.lost', 's.active_before')} END AS share
        FROM ${STATS} ORDER BY d.day`,
      values: valuesOf(query, query.today),
    }
  },
})
