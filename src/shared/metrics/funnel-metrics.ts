import { count, maybe, share, text } from './columns.ts'
import { defineMetric } from './metric.ts'
import { inScope, ratio, valuesOf } from './query-parts.ts'

/** Rows of a funnel out of one row with a column for each step; the first step stands in `first`. */
const asSteps = (steps: readonly string[], from: string) => `
  SELECT step, people, ${ratio('people', 'first')} AS "ofFirst",
    ${ratio('people', 'lag(people, 1, people) OVER (ORDER BY place)')} AS "ofPrevious", waiting
  FROM (${from}) AS t, LATERAL (VALUES ${steps.map((step, at) => `(${at}, '${step}', t.${step}::float8)`).join(', ')})
    AS s(place, step, people), LATERAL (SELECT t.${steps[0]} AS first) AS f
  ORDER BY place`

const STEPS = {
  step: text('Step', 'Шаг'),
  people: maybe(count('People', 'Люди')),
  ofFirst: maybe(share('Of the first step', 'От первого шага')),
  ofPrevious: maybe(share('Of the step before', 'От предыдущего шага')),
  waiting: count('Not counted yet', 'Ещё не учтены'),
}

/** Its window of 168 hours reaches into the seventh day after: that one must be over, and counted. */
const CLOSED = `f.day + 7 < $5::date AND EXISTS (SELECT FROM aggregated_days AS k WHERE k.day = f.day + 7)`

export const funnel = defineMetric({
  id: 'funnel',
  title: { en: 'The way to a second file', ru: 'Путь до второго файла' },
  definition: {
    en: 'Of the people whose first ever /start was in the range: who then sent a link, then got a file, then got a second one, then brought somebody; in this order, all within 7 times 24 hours from the start, each person once. People whose 7 days are not over are not in it yet; they are the ones not counted yet.',
    ru: 'Из людей, чей самый первый /start пришёлся на период: кто затем прислал ссылку, затем получил файл, затем второй, затем привёл кого-то; именно в таком порядке, всё в пределах 7 раз по 24 часа от старта, каждый человек один раз. Тех, у кого 7 дней ещё не прошли, в воронке пока нет: это «ещё не учтённые».',
  },
  decision: {
    en: 'Which step loses most people: that one is worked on next.',
    ru: 'На каком шаге теряется больше всего людей: над ним и работать дальше.',
  },
  filters: ['bot', 'source'],
  columns: STEPS,
  sql: (query) => ({
    text: asSteps(
      ['start', 'link', 'download', 'second_download', 'referral'],
      `SELECT sum(f.started) FILTER (WHERE ${CLOSED}) AS start, sum(f.linked) FILTER (WHERE ${CLOSED}) AS link,
        sum(f.downloaded) FILTER (WHERE ${CLOSED}) AS download,
        sum(f.repeated) FILTER (WHERE ${CLOSED}) AS second_download, sum(f.referred) FILTER (WHERE ${CLOSED}) AS referral,
        coalesce(sum(f.started) FILTER (WHERE NOT (${CLOSED})), 0)::float8 AS waiting
      FROM daily_funnel AS f WHERE f.day BETWEEN $1 AND $2 AND ${inScope('f')} AND f.campaign = '*'`,
    ),
    values: valuesOf(query, query.today),
  }),
})

const ASKED_AND_OVER = `f.day + 1 < $5::date AND EXISTS (SELECT FROM aggregated_days AS k WHERE k.day = f.day + 1)`

export const inlineFunnel = defineMetric({
  id: 'inline-funnel',
  title: { en: 'The way through inline', ru: 'Путь через инлайн' },
  definition: {
    en: 'People who asked inline (@bot and a link in any chat), counted once for each day: who then pressed a button or followed the link into the bot, and then got a file by inline or by that link; in this order, within 24 hours from their first query of the day. Days whose 24 hours are not over are not in it yet.',
    ru: 'Люди, спросившие через инлайн (@бот и ссылка в любом чате), по одному разу за каждый день: кто затем нажал кнопку или перешёл по ссылке в бота, а затем получил файл через инлайн или по этой ссылке; именно в таком порядке, в течение 24 часов от первого запроса за день. Дни, чьи 24 часа не прошли, пока не учтены.',
  },
  decision: {
    en: 'Whether inline earns its keep, and where it loses people.',
    ru: 'Оправдывает ли себя инлайн и где он теряет людей.',
  },
  filters: ['bot', 'source'],
  columns: STEPS,
  sql: (query) => ({
    text: asSteps(
      ['inline_query', 'click', 'download'],
      `SELECT sum(f.asked) FILTER (WHERE ${ASKED_AND_OVER}) AS inline_query,
        sum(f.clicked) FILTER (WHERE ${ASKED_AND_OVER}) AS click,
        sum(f.downloaded) FILTER (WHERE ${ASKED_AND_OVER}) AS download,
        coalesce(sum(f.asked) FILTER (WHERE NOT (${ASKED_AND_OVER})), 0)::float8 AS waiting
      FROM daily_inline_funnel AS f WHERE f.day BETWEEN $1 AND $2 AND ${inScope('f')}`,
    ),
    values: valuesOf(query, query.today),
  }),
})

export const sources = defineMetric({
  id: 'sources',
  title: { en: 'Sources', ru: 'Источники' },
  definition: {
    en: 'Where people first came from: organic (a plain start), referral (somebody’s invitation), campaign (t.me/bot?start=<campaign>); the first touch counts for ever, and who has not started counts as organic until then. People: first ever /start in the range. The next columns are steps of the funnel (a link, a file, a second one, within 7 times 24 hours), of those whose 7 days are over (counted). Conversion: those with a file divided by the counted.',
    ru: 'Откуда люди пришли впервые: organic (обычный запуск), referral (чьё-то приглашение), campaign (t.me/bot?start=<кампания>); первое касание остаётся навсегда, а кто ещё не запускал бота, до тех пор считается organic. Люди — самый первый /start в периоде. Дальше шаги воронки (ссылка, файл, второй файл, в пределах 7 раз по 24 часа) для тех, у кого 7 дней прошли (учтены). Конверсия — получившие файл, делённые на учтённых.',
  },
  decision: {
    en: 'Which channel brings people who stay, and which one only brings starts.',
    ru: 'Какой канал приводит тех, кто остаётся, а какой — только запуски.',
  },
  filters: ['bot', 'source'],
  columns: {
    source: text('Source', 'Источник'),
    campaign: maybe(text('Campaign', 'Кампания')),
    people: count('People', 'Люди'),
    counted: count('Counted', 'Учтены'),
    linked: count('Sent a link', 'Прислали ссылку'),
    downloaded: count('Got a file', 'Получили файл'),
    repeated: count('Got a second one', 'Получили второй'),
    conversion: maybe(share('Conversion', 'Конверсия')),
  },
  isRanking: true,
  sql: (query) => ({
    text: `SELECT source, nullif(campaign, '') AS campaign, people, counted, linked, downloaded, repeated,
        ${ratio('downloaded', 'counted')} AS conversion
      FROM (
        SELECT f.source, f.campaign, sum(f.started)::float8 AS people,
          coalesce(sum(f.started) FILTER (WHERE ${CLOSED}), 0)::float8 AS counted,
          coalesce(sum(f.linked) FILTER (WHERE ${CLOSED}), 0)::float8 AS linked,
          coalesce(sum(f.downloaded) FILTER (WHERE ${CLOSED}), 0)::float8 AS downloaded,
          coalesce(sum(f.repeated) FILTER (WHERE ${CLOSED}), 0)::float8 AS repeated
        FROM daily_funnel AS f
        WHERE f.day BETWEEN $1 AND $2 AND f.bot = $3 AND f.source <> '*' AND $4 IN ('*', f.source) AND f.campaign <> '*'
        GROUP BY f.source, f.campaign) AS s
      ORDER BY people DESC, source, s.campaign LIMIT $6`,
    values: valuesOf(query, query.today, query.limit),
  }),
})
