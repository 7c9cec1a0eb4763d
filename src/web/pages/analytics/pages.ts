import { STAGE_NAMES } from '../../../../queues/pipeline.ts'
import type { AnalyticsPage } from './page.ts'

const WAITING = ['waited_fetched', 'waited_cached']

/** All pages of analytics, in their order. A new chart is a line here. */
export const PAGES: readonly AnalyticsPage[] = [
  {
    id: '',
    title: { en: 'Overview', ru: 'Обзор' },
    lead: {
      en: 'All of it at a glance. What a number means stands behind its question mark.',
      ru: 'Всё с одного взгляда. Что значит число, сказано под знаком вопроса рядом с ним.',
    },
    keeps: 'live',
    figures: [
      { column: 'dau', metric: 'active-people', y: 'dau' },
      { column: 'mau', metric: 'active-people', y: 'mau' },
      { column: 'newPeople', metric: 'new-people', y: 'people' },
      { column: 'sessions', metric: 'sessions', y: 'sessions' },
      { column: 'downloads', metric: 'cache', y: 'downloads' },
      { column: 'hitRate', metric: 'cache', y: 'hitRate' },
      { column: 'failureRate', metric: 'failures' },
      { column: 'waited', metric: 'stage-seconds' },
      { column: 'd1', metric: 'retention', y: 'shareD1' },
      { column: 'd7', metric: 'retention', y: 'shareD7' },
      { column: 'limits', metric: 'limits' },
      { column: 'referred', metric: 'referrals', y: 'came' },
    ],
    charts: [
      { metric: 'active-people', kind: 'line', y: ['dau', 'wau', 'mau'] },
      { metric: 'new-people', kind: 'columns', y: ['organic', 'referral', 'campaign'], isStacked: true },
      { metric: 'platform-downloads', kind: 'bars', y: ['downloads'] },
      { metric: 'funnel', kind: 'funnel' },
    ],
  },
  {
    id: 'growth',
    title: { en: 'Growth', ru: 'Рост' },
    lead: {
      en: 'Who comes, who stays, who goes, and from where.',
      ru: 'Кто приходит, остаётся и уходит, и откуда.',
    },
    charts: [
      { metric: 'active-people', kind: 'line', y: ['dau', 'wau', 'mau'] },
      { metric: 'new-people', kind: 'columns', y: ['organic', 'referral', 'campaign'], isStacked: true },
      { metric: 'sessions', kind: 'line', y: ['sessions', 'people'] },
      { metric: 'churn', kind: 'line', y: ['share'] },
      { metric: 'languages', kind: 'bars', y: ['people', 'activeDays'] },
      { metric: 'regions', kind: 'bars', y: ['people', 'activeDays'] },
      { metric: 'hours', kind: 'grid', x: 'weekday', split: 'hour', y: ['actions'], isWide: true },
    ],
  },
  {
    id: 'retention',
    title: { en: 'Retention', ru: 'Удержание' },
    lead: { en: 'Of those who came, who came back.', ru: 'Кто из пришедших вернулся.' },
    charts: [
      { metric: 'retention', kind: 'line', y: ['shareD1', 'shareD7', 'shareD30'], isWide: true },
      { metric: 'cohorts', kind: 'grid', x: 'week', split: 'n', y: ['share', 'people'], isWide: true },
    ],
  },
  {
    id: 'funnel',
    title: { en: 'Funnel', ru: 'Воронка' },
    lead: { en: 'Where people fall off on their way.', ru: 'Где люди теряются по пути.' },
    charts: [
      { metric: 'funnel', kind: 'funnel' },
      { metric: 'inline-funnel', kind: 'funnel' },
      { metric: 'asked-by', kind: 'bars', y: ['downloads'], isWide: true },
    ],
  },
  {
    id: 'sources',
    title: { en: 'Sources', ru: 'Источники' },
    lead: { en: 'Which way in brings people who stay.', ru: 'Какой путь приводит тех, кто остаётся.' },
    charts: [
      { metric: 'sources', kind: 'bars', also: 'campaign', y: ['people', 'downloaded'] },
      {
        metric: 'sources',
        kind: 'bars',
        also: 'campaign',
        y: ['conversion'],
        title: { en: 'Conversion by source', ru: 'Конверсия по источникам' },
      },
      {
        metric: 'new-people',
        kind: 'columns',
        y: ['organic', 'referral', 'campaign'],
        isStacked: true,
        isWide: true,
      },
    ],
  },
  {
    id: 'content',
    title: { en: 'Content', ru: 'Контент' },
    lead: { en: 'What people fetch, and what the cache saves.', ru: 'Что скачивают и что экономит кэш.' },
    charts: [
      { metric: 'platform-downloads', kind: 'bars', y: ['downloads', 'cached'] },
      { metric: 'formats', kind: 'bars', y: ['choices', 'remembered'] },
      {
        metric: 'cache',
        kind: 'line',
        y: ['hitRate'],
        title: { en: 'Cache hit rate', ru: 'Доля попаданий в кэш' },
      },
      {
        metric: 'cache',
        kind: 'columns',
        y: ['secondsSaved'],
        title: { en: 'Time that the cache saved', ru: 'Время, сбережённое кэшем' },
      },
      { metric: 'top-media', kind: 'bars', y: ['downloads', 'cached'], isWide: true },
    ],
  },
  {
    id: 'performance',
    title: { en: 'Performance', ru: 'Скорость' },
    lead: { en: 'How long people wait, and for which stage.', ru: 'Сколько люди ждут и какого этапа.' },
    charts: [
      {
        metric: 'stage-seconds',
        kind: 'bars',
        y: ['p50', 'p95'],
        order: [...STAGE_NAMES, ...WAITING],
        isWide: true,
      },
    ],
  },
  {
    id: 'failures',
    title: { en: 'Failures', ru: 'Ошибки' },
    lead: {
      en: 'What ended without a file. What can be mended waits among the dead letters.',
      ru: 'Что закончилось без файла. Что можно починить, ждёт среди сбоев.',
    },
    keeps: 'dead-letters',
    charts: [
      {
        metric: 'failures',
        kind: 'bars',
        x: 'code',
        split: 'platform',
        y: ['failures'],
        links: { code: '/dead-letters?state=all&code=' },
        isWide: true,
      },
      { metric: 'errors', kind: 'bars', x: 'code', split: 'stage', y: ['errors'], isWide: true },
    ],
  },
  {
    id: 'referrals',
    title: { en: 'Referrals & ads', ru: 'Приглашения и реклама' },
    lead: { en: 'Who brings whom, and what ads bring.', ru: 'Кто кого приводит и что даёт реклама.' },
    keeps: 'ads',
    charts: [
      { metric: 'referrals', kind: 'line', y: ['came', 'inviters', 'bonuses'], isWide: true },
      { metric: 'ads', kind: 'bars', x: 'campaign', also: 'name', y: ['shown', 'clicks'] },
      {
        metric: 'ads',
        kind: 'bars',
        x: 'campaign',
        also: 'name',
        y: ['clickThrough', 'clickThroughOfPeople'],
        title: { en: 'Click-through', ru: 'CTR рекламы' },
      },
    ],
  },
  {
    id: 'experiments',
    title: { en: 'Experiments', ru: 'Эксперименты' },
    lead: {
      en: 'What a change did. The interval may be looked at at any time; a verdict comes when it leaves zero, or when you stop at the planned size.',
      ru: 'Что дало изменение. На интервал можно смотреть когда угодно; вывод — когда он ушёл от нуля или когда вы закончили, набрав план.',
    },
    keeps: 'experiments',
    charts: [],
  },
  {
    id: 'survey',
    title: { en: 'Survey', ru: 'Опрос' },
    lead: { en: 'Would they miss us?', ru: 'Огорчились бы люди без бота?' },
    keeps: 'words',
    charts: [
      { metric: 'survey', kind: 'score', x: 'answer', y: ['answers'], isWide: true },
      {
        metric: 'survey',
        kind: 'bars',
        x: 'answer',
        y: ['answers'],
        only: { question: 'pmf' },
        title: { en: 'Disappointed without the bot', ru: 'Огорчились бы без бота' },
      },
      {
        metric: 'survey',
        kind: 'bars',
        x: 'answer',
        y: ['answers'],
        only: { question: 'useful' },
        title: { en: 'Most useful', ru: 'Полезнее всего' },
      },
    ],
  },
  {
    id: 'limits',
    title: { en: 'Limits & features', ru: 'Лимиты и возможности' },
    lead: {
      en: 'Where people run into a wall, and what they use.',
      ru: 'Во что люди упираются и чем пользуются.',
    },
    charts: [
      { metric: 'limits', kind: 'bars', also: 'policy', y: ['times', 'people'] },
      { metric: 'features', kind: 'bars', y: ['uses', 'people'] },
    ],
  },
]
