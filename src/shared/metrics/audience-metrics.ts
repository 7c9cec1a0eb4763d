import { count, DOWNLOADS, maybe, number, share, text } from './columns.ts'
import { defineMetric } from './metric.ts'
import { inScope, summedScope, valuesOf } from './query-parts.ts'
import { byRegion } from './regions.ts'

export const hours = defineMetric({
  id: 'hours',
  title: { en: 'Hours of the day', ru: 'Часы суток' },
  definition: {
    en: 'What people did of their own accord, messages with links, and files that came, by the day of the week (1 is Monday) and the hour in REPORT_TZ; summed over the range.',
    ru: 'Самостоятельные действия людей, сообщения со ссылками и полученные файлы по дням недели (1 — понедельник) и часам в поясе REPORT_TZ; сумма за период.',
  },
  decision: {
    en: 'When to deploy and repair, and when more workers are needed.',
    ru: 'Когда обновлять и чинить и когда нужно больше обработчиков.',
  },
  filters: ['bot', 'source'],
  columns: {
    weekday: number('Day of the week', 'День недели'),
    hour: number('Hour', 'Час'),
    actions: count('Actions', 'Действия'),
    links: count('Messages with links', 'Сообщения со ссылками'),
    downloads: DOWNLOADS,
  },
  sql: (query) => ({
    text: `SELECT w.weekday::float8, h.hour::float8, coalesce(sum(f.actions), 0)::float8 AS actions,
        coalesce(sum(f.links), 0)::float8 AS links, coalesce(sum(f.downloads), 0)::float8 AS downloads
      FROM generate_series(1, 7) AS w(weekday) CROSS JOIN generate_series(0, 23) AS h(hour)
        LEFT JOIN daily_hours AS f ON f.hour = h.hour AND extract(isodow FROM f.day) = w.weekday AND ${summedScope('f')}
      GROUP BY 1, 2 ORDER BY 1, 2`,
    values: valuesOf(query),
  }),
})

const byLanguage = (limit: string) => `
  SELECT f.language, sum(f.new_people)::float8 AS people, sum(f.active)::float8 AS "activeDays",
    sum(f.downloads)::float8 AS downloads
  FROM daily_languages AS f WHERE f.day BETWEEN $1 AND $2 AND ${inScope('f')}
  GROUP BY f.language ORDER BY people DESC, "activeDays" DESC, f.language ${limit}`

const AUDIENCE = {
  people: count('New people', 'Новые люди'),
  activeDays: count('Days of activity', 'Дни активности'),
  downloads: DOWNLOADS,
}

export const languages = defineMetric({
  id: 'languages',
  title: { en: 'Languages', ru: 'Языки' },
  definition: {
    en: 'By the language of people’s Telegram as they last had it: those first seen in the range, the days on which somebody was active (each person once a day), and their files. `unknown` when Telegram has not said.',
    ru: 'По языку Telegram, каким он был в последний раз: впервые увиденные в периоде, дни активности (каждый человек раз в день) и полученные файлы. unknown — Telegram не сообщил.',
  },
  decision: {
    en: 'Which language the bot is translated into next.',
    ru: 'На какой язык переводить бота следующим.',
  },
  filters: ['bot', 'source'],
  isRanking: true,
  columns: { language: text('Language', 'Язык'), ...AUDIENCE },
  sql: (query) => ({ text: byLanguage('LIMIT $5'), values: valuesOf(query, query.limit) }),
})

export const regions = defineMetric({
  id: 'regions',
  title: { en: 'Likely regions', ru: 'Вероятные регионы' },
  definition: {
    en: 'A guess from the language tag alone, never from an address: the region that the tag names (pt-BR), else the one in which most speakers of the language live by Unicode’s CLDR (ru: RU), with its time zones. Named: the share of the days of activity whose tag itself names the region; the rest is likely, not sure.',
    ru: 'Предположение только по языковому тегу, адреса не используются: регион, названный в теге (pt-BR), иначе тот, где по данным Unicode CLDR живёт большинство говорящих (ru: RU), и его часовые пояса. «Назван» — доля дней активности, в чьём теге регион указан прямо; остальное вероятно, но не точно.',
  },
  decision: {
    en: 'When most people are awake, and which sites their regions block.',
    ru: 'Когда большинство не спит и какие сайты закрыты в их регионах.',
  },
  filters: ['bot', 'source'],
  isRanking: true,
  columns: {
    region: text('Likely region', 'Вероятный регион'),
    timeZones: text('Time zones', 'Часовые пояса'),
    ...AUDIENCE,
    named: maybe(share('Named', 'Назван')),
  },
  sql: (query) => ({ text: byLanguage(''), values: valuesOf(query) }),
  finish: (rows, { limit }) => byRegion(rows).slice(0, limit),
})
