import { count, DAY, maybe, number, rate, text } from './columns.ts'
import { defineMetric } from './metric.ts'
import { DAYS, inScope, known, ratio, valuesOf } from './query-parts.ts'

const PEOPLE_FILTERS = ['bot', 'source'] as const
const PERSON_DAYS = count('People a day', 'Люди за день')
const counted = (...kinds: string[]) =>
  `f.kind IN (${kinds.map((kind) => `'${kind}'`).join(', ')}) AND f.day BETWEEN $1 AND $2 AND ${inScope('f')}`

export const limits = defineMetric({
  id: 'limits',
  title: { en: 'Limits reached', ru: 'Достигнутые лимиты' },
  definition: {
    en: 'How often somebody ran into a limit. free: all free files are used, once for each person and limit, again only when they have run into a higher one; minute, day: once in such a minute or day, however many links were left out; active (as many requests in work as are taken): each message. Policy: what ABOVE_FREE then said, for free alone. People a day: each person once a day and limit. Share: of all days on which somebody was active. Days since first: from the first sight to the limit, on average.',
    ru: 'Как часто упирались в лимит. free: бесплатные файлы кончились — один раз для каждого человека и лимита, снова лишь при более высоком; minute, day: раз за такую минуту или день, сколько бы ссылок ни было пропущено; active (слишком много запросов в работе): каждое сообщение. Политика — что тогда значилось в ABOVE_FREE, только для free. «Люди за день» — каждый человек раз за день и лимит. Доля — от всех дней чьей-либо активности. «Дней с начала» — в среднем от первого появления до лимита.',
  },
  decision: {
    en: 'How many files are free, and what happens above.',
    ru: 'Сколько файлов бесплатно и что происходит сверх лимита.',
  },
  filters: PEOPLE_FILTERS,
  columns: {
    limit: text('Limit', 'Лимит'),
    policy: maybe(text('Policy', 'Политика')),
    times: count('Times', 'Раз'),
    people: PERSON_DAYS,
    share: maybe(rate('Share', 'Доля')),
    daysSinceFirst: maybe(number('Days since first', 'Дней с начала')),
  },
  sql: (query) => ({
    text: `SELECT f.what AS limit, nullif(f.detail, '') AS policy, sum(f.times)::float8 AS times,
        sum(f.people)::float8 AS people, ${ratio(
          'sum(f.people)',
          `SELECT sum(s.dau) FROM daily_stats AS s WHERE s.day BETWEEN $1 AND $2 AND ${inScope('s')}`,
        )} AS share, ${ratio('sum(f.amount)', 'sum(f.times)')} AS "daysSinceFirst"
      FROM daily_counts AS f WHERE ${counted('limit')} GROUP BY f.what, f.detail ORDER BY times DESC, f.what, f.detail`,
    values: valuesOf(query),
  }),
})

export const referrals = defineMetric({
  id: 'referrals',
  title: { en: 'Referrals', ru: 'Приглашения' },
  definition: {
    en: 'People who came by somebody’s link, on the day they came; those who brought them that day; bonuses granted (after the newcomer’s first file) and the free files these gave. The source filter is that of the person who brought them.',
    ru: 'Люди, пришедшие по чьей-то ссылке, в день прихода; те, кто привёл их в этот день; начисленные бонусы (после первого файла новичка) и бесплатные файлы, которые они дали. Фильтр по источнику относится к тому, кто привёл.',
  },
  decision: {
    en: 'How large the bonus is, and whether it is abused.',
    ru: 'Каким быть бонусу и не злоупотребляют ли им.',
  },
  filters: PEOPLE_FILTERS,
  columns: {
    day: DAY,
    came: maybe(count('Came', 'Пришли')),
    inviters: maybe(count('Brought by', 'Привели')),
    bonuses: maybe(count('Bonuses', 'Бонусы')),
    files: maybe(count('Free files given', 'Дано файлов')),
  },
  sql: (query) => ({
    text: `SELECT d.day::text, ${known('referred')} AS came, ${known('inviters')} AS inviters,
        ${known('bonuses')} AS bonuses, ${known('bonus_amount')} AS files
      FROM ${DAYS} AS d LEFT JOIN daily_stats AS s ON s.day = d.day AND ${inScope('s')} ORDER BY d.day`,
    values: valuesOf(query),
  }),
})

export const ads = defineMetric({
  id: 'ads',
  title: { en: 'Ads', ru: 'Реклама' },
  definition: {
    en: 'Per campaign: ads that Telegram confirmed as sent (shown), presses of their button on the day of the press (clicks), and both with each person once a day. Click-through: clicks divided by shown; of people: people who clicked divided by people who saw it.',
    ru: 'По кампаниям: показы, подтверждённые Telegram, нажатия кнопки в день нажатия (клики), и то же по людям — каждый раз в день. CTR — клики, делённые на показы; по людям — нажавшие, делённые на видевших.',
  },
  decision: {
    en: 'Which ad keeps its place, and its weight.',
    ru: 'Какая реклама остаётся и с каким весом.',
  },
  filters: PEOPLE_FILTERS,
  isRanking: true,
  columns: {
    campaign: text('Campaign', 'Кампания'),
    name: maybe(text('Name', 'Название')),
    shown: count('Shown', 'Показы'),
    clicks: count('Clicks', 'Клики'),
    people: PERSON_DAYS,
    clickers: count('People who clicked', 'Нажали'),
    clickThrough: maybe(rate('Click-through', 'CTR')),
    clickThroughOfPeople: maybe(rate('Click-through of people', 'CTR по людям')),
  },
  sql: (query) => ({
    text: `SELECT campaign, a.name, shown, clicks, people, clickers, ${ratio('clicks', 'shown')} AS "clickThrough",
        ${ratio('clickers', 'people')} AS "clickThroughOfPeople"
      FROM (
        SELECT f.what AS campaign, coalesce(sum(f.times) FILTER (WHERE f.kind = 'ad_shown'), 0)::float8 AS shown,
          coalesce(sum(f.times) FILTER (WHERE f.kind = 'ad_clicked'), 0)::float8 AS clicks,
          coalesce(sum(f.people) FILTER (WHERE f.kind = 'ad_shown'), 0)::float8 AS people,
          coalesce(sum(f.people) FILTER (WHERE f.kind = 'ad_clicked'), 0)::float8 AS clickers
        FROM daily_counts AS f WHERE ${counted('ad_shown', 'ad_clicked')} GROUP BY f.what) AS c
        LEFT JOIN ad_campaigns AS a ON a.id::text = c.campaign
      ORDER BY shown DESC, campaign LIMIT $5`,
    values: valuesOf(query, query.limit),
  }),
})

export const features = defineMetric({
  id: 'features',
  title: { en: 'Features', ru: 'Возможности' },
  definition: {
    en: 'How often each feature beside asking for a file was used, and by how many people (each once a day); `inline` are inline queries, `button` presses of buttons and links into the bot.',
    ru: 'Как часто пользовались каждой возможностью, кроме запроса файла, и сколько людей (каждый раз в день); inline — инлайн-запросы, button — нажатия кнопок и переходы по ссылкам в бота.',
  },
  decision: { en: 'What is improved, and what is taken out.', ru: 'Что улучшать, а что убрать.' },
  filters: PEOPLE_FILTERS,
  isRanking: true,
  columns: { feature: text('Feature', 'Возможность'), uses: count('Uses', 'Раз'), people: PERSON_DAYS },
  sql: (query) => ({
    text: `SELECT f.what AS feature, sum(f.times)::float8 AS uses, sum(f.people)::float8 AS people
      FROM daily_counts AS f WHERE ${counted('feature')} GROUP BY f.what ORDER BY uses DESC, feature LIMIT $5`,
    values: valuesOf(query, query.limit),
  }),
})

export const formats = defineMetric({
  id: 'formats',
  title: { en: 'Formats', ru: 'Форматы' },
  definition: {
    en: 'Formats that people chose: v720 is video of 720 lines, a-m4a and a-mp3 are sound. Remembered: chosen once for always, and taken from there.',
    ru: 'Форматы, которые выбирали люди: v720 — видео в 720 строк, a-m4a и a-mp3 — звук. «Запомненный» — выбран однажды навсегда и взят оттуда.',
  },
  decision: { en: 'Which formats stand first on the ticket.', ru: 'Какие форматы ставить первыми.' },
  filters: PEOPLE_FILTERS,
  isRanking: true,
  columns: {
    format: text('Format', 'Формат'),
    choices: count('Choices', 'Выборы'),
    remembered: count('Remembered', 'Запомненные'),
  },
  sql: (query) => ({
    text: `SELECT f.what AS format, sum(f.times)::float8 AS choices, sum(f.amount)::float8 AS remembered
      FROM daily_counts AS f WHERE ${counted('format')} GROUP BY f.what ORDER BY choices DESC, format LIMIT $5`,
    values: valuesOf(query, query.limit),
  }),
})
