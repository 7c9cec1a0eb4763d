import type { z } from 'zod'
import type { Verdict } from '../shared/experiments/judge.ts'
import type { OfferProblemCode } from './offers/offer-problem.ts'

type VerdictName = z.infer<typeof Verdict>

/** What stands on the pages where ads and experiments are kept. */
export const offerTextsEn = {
  saved: 'Saved. It takes effect within a few seconds.',
  offerProblems: {
    bad_input: 'This cannot be taken:',
    not_found: 'It is not there any more.',
    name_taken: 'This name is taken: numbers of the two would be mixed up.',
    subject_taken:
      'Another experiment on the same subject is running: nobody could tell what a difference comes from.',
    running: 'It is running already.',
    ended: 'It has ended: make a new one, for a second start would mix two times up.',
    not_running: 'It is not running.',
  } satisfies Record<OfferProblemCode, string> as Record<OfferProblemCode, string>,
  adsTitle: 'Ads that may be shown',
  noAds: 'There are none. They are shown after a file above the free limit, with ABOVE_FREE=ad.',
  newAd: 'New ad',
  editAd: (name: string) => `Edit ${name}`,
  adFields: {
    name: 'Name (for us)',
    message: 'What people read',
    buttonText: 'On the button',
    buttonUrl: 'Where the button leads',
    weight: 'Weight',
    isActive: 'May be shown',
  },
  paused: 'paused',
  shown: 'shown',
  save: 'Save',
  noExperiments: 'There are none yet.',
  newExperiment: 'New experiment',
  experimentFields: {
    name: 'Name: letters, digits, - and _',
    description: 'What is asked',
    subject: 'What it changes',
    goal: 'What counts as success',
    plannedSize: 'People that the plan asks for',
    variantName: (n: number) => (n === 1 ? 'Control: name' : `Variant ${n}: name`),
    variantShare: '% of people',
    variantConfig: 'What it gets, as JSON',
  },
  configHints:
    'How many files are free: {"free": 10} and {"free": 15}. Ads: {"message": "…"} or {"campaigns": [1]}, empty as it is today. Buttons: {"order": "audio_first"}, empty as it is today.',
  subjects: { free_downloads: 'how many files are free', ads: 'ads', buttons: 'order of buttons' } as Record<
    string,
    string
  >,
  make: 'Make it',
  start: 'Start',
  stop: 'Stop',
  stopWarning: 'A stopped one cannot be started again.',
  states: { new: 'not started', running: 'running', ended: 'ended' },
  goal: 'Success:',
  participantsOf: (participants: string, planned: string) => `${participants} of ${planned} planned people`,
  variant: 'Variant',
  participants: 'People',
  conversions: 'Successes',
  rate: 'Rate',
  difference: 'Difference from control',
  sequentialTitle: 'May be looked at at any time (95 %)',
  verdict: 'Verdict',
  control: 'control',
  verdicts: {
    no_people: 'nobody has met it yet',
    broken: 'nothing may be read: see the warning',
    early: 'too early to tell',
    better: 'better',
    worse: 'worse',
    no_difference: 'no difference to be seen',
  } satisfies Record<VerdictName, string> as Record<VerdictName, string>,
  mismatch:
    'People do not land in the variants in the shares that were planned. Whatever stands below may come from that: stop it, find out why, make a new one.',
  early:
    'The planned number of people is not reached. Do not decide by what is ahead today: only an interval that has left zero counts before the end.',
  complete:
    'The planned number of people is reached. While it runs on, still only an interval that has left zero counts: stop it, and it is judged once by all its people.',
  inSeveral: (count: number) => `People who have met more than one variant, and are left out: ${count}`,
  tooLong: 'The results took too long. The CSV file has them.',
}

export const offerTextsRu: typeof offerTextsEn = {
  saved: 'Сохранено. Подействует через несколько секунд.',
  offerProblems: {
    bad_input: 'Это принять нельзя:',
    not_found: 'Этого больше нет.',
    name_taken: 'Такое имя уже занято: числа смешались бы.',
    subject_taken: 'Уже идёт другой эксперимент о том же: не понять было бы, откуда разница.',
    running: 'Он уже идёт.',
    ended: 'Он закончен: создайте новый, второй запуск смешал бы два периода.',
    not_running: 'Он не идёт.',
  },
  adsTitle: 'Реклама для показа',
  noAds: 'Её нет. Показывается после файла сверх бесплатного лимита, при ABOVE_FREE=ad.',
  newAd: 'Новая реклама',
  editAd: (name) => `Изменить «${name}»`,
  adFields: {
    name: 'Название (для нас)',
    message: 'Что прочтут люди',
    buttonText: 'На кнопке',
    buttonUrl: 'Куда ведёт кнопка',
    weight: 'Вес',
    isActive: 'Можно показывать',
  },
  paused: 'на паузе',
  shown: 'показывается',
  save: 'Сохранить',
  noExperiments: 'Их ещё нет.',
  newExperiment: 'Новый эксперимент',
  experimentFields: {
    name: 'Имя: латинские буквы, цифры, - и _',
    description: 'О чём вопрос',
    subject: 'Что меняется',
    goal: 'Что считается успехом',
    plannedSize: 'Сколько людей нужно по плану',
    variantName: (n) => (n === 1 ? 'Контроль: имя' : `Вариант ${n}: имя`),
    variantShare: '% людей',
    variantConfig: 'Что он получает, в JSON',
  },
  configHints:
    'Сколько файлов бесплатно: {"free": 10} и {"free": 15}. Реклама: {"message": "…"} или {"campaigns": [1]}, пусто — как сейчас. Кнопки: {"order": "audio_first"}, пусто — как сейчас.',
  subjects: { free_downloads: 'сколько файлов бесплатно', ads: 'реклама', buttons: 'порядок кнопок' },
  make: 'Создать',
  start: 'Начать',
  stop: 'Закончить',
  stopWarning: 'Законченный эксперимент не начать снова.',
  states: { new: 'не начат', running: 'идёт', ended: 'закончен' },
  goal: 'Успех:',
  participantsOf: (participants, planned) => `${participants} из ${planned} человек по плану`,
  variant: 'Вариант',
  participants: 'Люди',
  conversions: 'Успехи',
  rate: 'Доля',
  difference: 'Разница с контролем',
  sequentialTitle: 'Можно смотреть когда угодно (95 %)',
  verdict: 'Вывод',
  control: 'контроль',
  verdicts: {
    no_people: 'его ещё никто не видел',
    broken: 'читать нельзя: см. предупреждение',
    early: 'ещё рано судить',
    better: 'лучше',
    worse: 'хуже',
    no_difference: 'разницы не видно',
  },
  mismatch:
    'Люди попадают в варианты не в тех долях, что задуманы. Всё, что ниже, может быть следствием этого: остановите, найдите причину, создайте новый.',
  early:
    'Запланированное число людей не набрано. Не решайте по тому, кто впереди сегодня: до конца считается только интервал, ушедший от нуля.',
  complete:
    'Запланированное число людей набрано. Пока эксперимент идёт, по-прежнему считается только интервал, ушедший от нуля: закончите его, и вывод будет сделан один раз, по всем людям.',
  inSeveral: (count) => `Видели больше одного варианта и не учтены: ${count}`,
  tooLong: 'Результаты считаются слишком долго. Они есть в файле CSV.',
}
