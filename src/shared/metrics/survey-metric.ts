import { z } from 'zod'
import { count, maybe, share, text } from './columns.ts'
import { defineMetric } from './metric.ts'
import { inScope, valuesOf } from './query-parts.ts'
import { wilson } from './wilson.ts'

/** Before so many answers a share says nothing, and is not shown. */
const FEWEST_ANSWERS = 30

const Counted = z.object({
  question: z.string(),
  answer: z.string(),
  answers: z.number(),
  counted: z.number(),
})

export const survey = defineMetric({
  id: 'survey',
  title: { en: 'Survey', ru: 'Опрос' },
  definition: {
    en: 'How disappointed people would be without the bot (pmf: very, somewhat, not, not_applicable) and what is most useful to them (useful). Shares are of n counted answers: of those who had at least two files in the 14 days before their answer, without `not_applicable`; for `useful`, all answers. The score is the share of `very`; above 40 % is the usual sign of a product that is missed. With its 95 % interval (Wilson); empty under 30 answers.',
    ru: 'Насколько люди огорчились бы без бота (pmf: very — очень, somewhat — немного, not — нет, not_applicable — не пользуюсь) и что для них полезнее всего (useful). Доли — от n учтённых ответов: от тех, у кого за 14 дней до ответа было хотя бы два файла, без not_applicable; для useful — все ответы. Оценка — доля very; выше 40 % — обычный признак, что продукта не хватало бы. С 95-процентным интервалом (Уилсон); пусто при n меньше 30.',
  },
  decision: {
    en: 'Whether to grow it now or to make it better first.',
    ru: 'Растить продукт сейчас или сначала улучшать.',
  },
  filters: ['bot', 'source'],
  columns: {
    question: text('Question', 'Вопрос'),
    answer: text('Answer', 'Ответ'),
    answers: count('Answers', 'Ответы'),
    counted: count('Counted', 'Учтены'),
    n: count('n', 'n'),
    share: maybe(share('Share', 'Доля')),
    low: maybe(share('At least', 'Не меньше')),
    high: maybe(share('At most', 'Не больше')),
  },
  sql: (query) => ({
    text: `SELECT f.kind AS question, f.what AS answer, sum(f.times)::float8 AS answers, sum(f.amount)::float8 AS counted
      FROM daily_counts AS f
      WHERE f.kind IN ('pmf', 'useful') AND f.day BETWEEN $1 AND $2 AND ${inScope('f')}
      GROUP BY 1, 2 ORDER BY 1, answers DESC, 2`,
    values: valuesOf(query),
  }),
  finish(rows) {
    const all = z.array(Counted).parse(rows)
    return all.map((row) => {
      const n = all
        .filter(({ question }) => question === row.question)
        .reduce((sum, { counted }) => sum + counted, 0)
      // What does not count has no share.
      const isShown = n >= FEWEST_ANSWERS && row.answer !== 'not_applicable'
      const [low, high] = isShown ? wilson(row.counted, n) : [null, null]
      return { ...row, n, share: isShown ? row.counted / n : null, low, high }
    })
  },
})
