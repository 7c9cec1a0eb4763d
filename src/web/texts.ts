import type { Request } from 'express'
import { analyticsTextsEn, analyticsTextsRu } from './analytics-texts.ts'
import { deadLetterTextsEn, deadLetterTextsRu } from './dead-letter-texts.ts'
import type { Reason } from './http-error.ts'
import { offerTextsEn, offerTextsRu } from './offer-texts.ts'
import { type Theme, themeOf } from './theme.ts'

const en = {
  language: 'en',
  product: 'Clipferry',
  loginTitle: 'Log in',
  loginLead: 'Operators only. People who want a video talk to the bot.',
  user: 'User',
  password: 'Password',
  logIn: 'Log in',
  logOut: 'Log out',
  wrongPassword: 'The user or the password is wrong.',
  tooManyLogins: (minutes: number) => `Too many attempts. Try again in ${minutes} min.`,
  stagesTitle: 'Stages',
  stagesLead: 'In the order in which a request meets them. The page renews itself.',
  openQueues: 'Open the queues',
  queuesTitle: 'Queues',
  parts: 'Parts of the dashboard',
  skip: 'To the content',
  themeTitle: 'Colours',
  themes: { auto: 'As the system has it', light: 'Light', dark: 'Dark' },
  mends: 'Repairs so far, by the names that they have in the log:',
  stage: 'Stage',
  waiting: 'Waiting',
  active: 'Active',
  firstInLine: 'First in line since',
  canary: 'Canary',
  ready: 'Ready: every stage answers.',
  notReady: 'Not ready: a stage does not answer.',
  never: 'never',
  secondsAgo: (seconds: number) => `${seconds} s ago`,
  minutesAgo: (minutes: number) => `${minutes} min ago`,
  hoursAgo: (hours: number) => `${hours} h ago`,
  apiTitle: 'The numbers over HTTP',
  apiLead:
    'Each can be asked for with GET by whoever is logged in, as JSON or with .csv at its end as a file. What is wrong with a request is answered with 400 and the reason.',
  notFound: 'There is no such page.',
  foreignOrigin: 'This request came from another site and was refused.',
  unavailable: 'The dashboard cannot reach Redis. Try again in a moment.',
  broken: 'Something broke here. The log says what.',
  reasons: {
    viewer: 'You are logged in as viewer, who sees everything and changes nothing.',
    database: 'PostgreSQL cannot be reached, and these numbers are kept there. Try again in a moment.',
    database_slow: 'The answer took too long. Choose fewer days or a filter, or try again in a moment.',
    database_read_only: 'The database user of the dashboard may only read, so nothing can be changed here.',
  } satisfies Record<Reason, string> as Record<Reason, string>,
  badRequest: 'The request could not be read.',
  toStart: 'To the start page',
  ...deadLetterTextsEn,
  ...analyticsTextsEn,
  ...offerTextsEn,
}

/** All that a person reads on pages of ours. */
type Words = typeof en

/** What a page knows of its reader: the words, and the colours that they chose. */
export type Texts = Words & { theme: Theme }

const ru: Words = {
  language: 'ru',
  product: 'Clipferry',
  loginTitle: 'Вход',
  loginLead: 'Только для операторов. За видео — к боту.',
  user: 'Пользователь',
  password: 'Пароль',
  logIn: 'Войти',
  logOut: 'Выйти',
  wrongPassword: 'Неверный пользователь или пароль.',
  tooManyLogins: (minutes) => `Слишком много попыток. Повторите через ${minutes} мин.`,
  stagesTitle: 'Стадии',
  stagesLead: 'В том порядке, в котором их проходит запрос. Страница обновляется сама.',
  openQueues: 'Открыть очереди',
  queuesTitle: 'Очереди',
  parts: 'Разделы панели',
  skip: 'К содержанию',
  themeTitle: 'Оформление',
  themes: { auto: 'Как в системе', light: 'Светлое', dark: 'Тёмное' },
  mends: 'Исправлено до сих пор (имена — как в журнале):',
  stage: 'Стадия',
  waiting: 'Ждут',
  active: 'В работе',
  firstInLine: 'Первый в очереди',
  canary: 'Пульс',
  ready: 'Готово: все стадии отвечают.',
  notReady: 'Не готово: одна из стадий не отвечает.',
  never: 'ни разу',
  secondsAgo: (seconds) => `${seconds} с назад`,
  minutesAgo: (minutes) => `${minutes} мин назад`,
  hoursAgo: (hours) => `${hours} ч назад`,
  apiTitle: 'Данные по HTTP',
  apiLead:
    'Каждый адрес отвечает на GET тем, кто вошёл: в JSON или, с .csv на конце, файлом. Если в запросе ошибка, ответом будет 400 с причиной. Описания — на английском.',
  notFound: 'Такой страницы нет.',
  foreignOrigin: 'Запрос пришёл с другого сайта и отклонён.',
  unavailable: 'Нет связи с Redis. Повторите чуть позже.',
  broken: 'Что-то сломалось. Подробности в журнале.',
  reasons: {
    viewer: 'Вы вошли как viewer: можно всё смотреть, но ничего не менять.',
    database: 'Нет связи с PostgreSQL, а эти данные хранятся там. Повторите чуть позже.',
    database_slow:
      'Ответ готовился слишком долго. Возьмите меньше дней, выберите фильтр или повторите чуть позже.',
    database_read_only: 'Пользователь базы у этой панели может только читать, менять здесь ничего нельзя.',
  },
  badRequest: 'Запрос не удалось прочитать.',
  toStart: 'На главную',
  ...deadLetterTextsRu,
  ...analyticsTextsRu,
  ...offerTextsRu,
}

const LANGUAGES = { en, ru }

/** The texts in the language that the browser prefers; English when it wants neither. */
export function textsFor(request: Request): Texts {
  const words = request.acceptsLanguages('en', 'ru') === 'ru' ? LANGUAGES.ru : LANGUAGES.en
  return { ...words, theme: themeOf(request) }
}
