import type { DeadLetterState, Outcome } from '../../queues/dead-letter.ts'
import type { ReplayCounts } from '../../queues/replay.ts'

const people = (count: number) => (count === 1 ? 'one person' : `${count} people`)

const outcomesEn: Record<Outcome['how'], (outcome: Outcome) => string> = {
  started: ({ from, people: count }) => `Began again at ${from} for ${people(count)}.`,
  joined: ({ people: count }) => `Joined work that was under way, for ${people(count)}.`,
  sent: ({ people: count }) => `The file was there: it is being sent to ${people(count)}.`,
  again: () => 'The job runs again.',
  nobody: () => 'Nobody waits for it any more: nothing was to be done.',
  discarded: () => 'Discarded.',
}

/** What operators read about dead letters. */
export const deadLetterTextsEn = {
  deadLettersTitle: 'Dead letters',
  deadLettersLead:
    'What failed for good and can be mended. Once its cause is gone, Replay goes on from the stage that failed, for everybody who still waits. Records are kept for a week.',
  openDeadLetters: (count: number) => (count === 0 ? 'Dead letters' : `Dead letters: ${count} open`),
  noDeadLetters: 'Nothing is open.',
  rootCauses: 'Root causes',
  openRecords: 'Open records',
  allRecords: 'All records',
  onlyOpen: 'Only the open ones',
  alsoClosed: 'All of the last week',
  cause: 'Cause',
  count: 'Count',
  lastTime: 'Last',
  ticket: 'Ticket',
  people: 'People',
  failedAt: 'Failed',
  state: 'State',
  replay: 'Replay',
  replayAll: 'Replay all',
  discard: 'Discard',
  reason: 'Reason',
  job: 'Job',
  attempts: 'Attempts',
  crashes: 'Crashes',
  workerDied: (times: number) =>
    `The worker died ${times === 1 ? 'once' : `${times} times`} under it; such an end leaves no last words.`,
  site: 'Site',
  mediaKey: 'Media key',
  versions: 'Versions',
  lastWords: 'Last words',
  data: 'Data',
  input: 'Input',
  letterStates: {
    open: 'open',
    replaying: 'replaying',
    replayed: 'replayed',
    discarded: 'discarded',
  } satisfies Record<DeadLetterState, string> as Record<DeadLetterState, string>,
  outcome: (outcome: Outcome): string => outcomesEn[outcome.how](outcome),
  groupReplayed: ({ replayed, left, people: count }: ReplayCounts) =>
    `Replayed: ${replayed}, for ${people(count)}.${left > 0 ? ` Left open: ${left}.` : ''}`,
  refusals: {
    closed: 'Somebody has seen to it already.',
    ending: 'Its people are being told at this moment. Try again in a few seconds.',
    job_gone: 'Its job was removed, so it cannot run again. It can only be discarded.',
  },
}

const lyudi = (count: number) =>
  `${count} ${new Intl.PluralRules('ru').select(count) === 'one' ? 'человека' : 'человек'}`

const outcomesRu: typeof outcomesEn = {
  started: ({ from, people: count }) => `Снова началось с ${from} для ${lyudi(count)}.`,
  joined: ({ people: count }) => `Присоединено к идущей работе, для ${lyudi(count)}.`,
  sent: ({ people: count }) => `Файл уже есть: отправляется для ${lyudi(count)}.`,
  again: () => 'Задание выполняется снова.',
  nobody: () => 'Больше никто не ждёт: делать ничего не нужно.',
  discarded: () => 'Отброшено.',
}

export const deadLetterTextsRu: typeof deadLetterTextsEn = {
  deadLettersTitle: 'Сбои',
  deadLettersLead:
    'То, что не удалось окончательно и что можно починить. Когда причина устранена, «Повторить» продолжает с той стадии, которая не удалась, для всех, кто ещё ждёт. Записи хранятся неделю.',
  openDeadLetters: (count) => (count === 0 ? 'Сбои' : `Сбои: открыто ${count}`),
  noDeadLetters: 'Открытых нет.',
  rootCauses: 'Причины',
  openRecords: 'Открытые записи',
  allRecords: 'Все записи',
  onlyOpen: 'Только открытые',
  alsoClosed: 'Все за неделю',
  cause: 'Причина',
  count: 'Сколько',
  lastTime: 'Последнее',
  ticket: 'Код',
  people: 'Людей',
  failedAt: 'Не удалось',
  state: 'Состояние',
  replay: 'Повторить',
  replayAll: 'Повторить',
  discard: 'Отбросить',
  reason: 'Подробно',
  job: 'Задание',
  attempts: 'Попыток',
  crashes: 'Падения',
  workerDied: (times) => `Обработчик падал на нём (раз: ${times}); последних слов в таком случае не бывает.`,
  site: 'Сайт',
  mediaKey: 'Ключ файла',
  versions: 'Версии',
  lastWords: 'Последние слова',
  data: 'Данные',
  input: 'Вход',
  letterStates: { open: 'открыто', replaying: 'повторяется', replayed: 'повторено', discarded: 'отброшено' },
  outcome: (outcome) => outcomesRu[outcome.how](outcome),
  groupReplayed: ({ replayed, left, people: count }) =>
    `Повторено: ${replayed}, для ${lyudi(count)}.${left > 0 ? ` Осталось открыто: ${left}.` : ''}`,
  refusals: {
    closed: 'Этим уже кто-то занялся.',
    ending: 'Людям как раз сообщают причину. Попробуйте через несколько секунд.',
    job_gone: 'Задания больше нет, повторить его нельзя. Запись можно только отбросить.',
  },
}
