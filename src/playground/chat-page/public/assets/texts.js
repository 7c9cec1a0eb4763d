/** What the page itself says. The bot speaks its own languages: these are the words around it. */
const en = {
  youAre: 'You are',
  chats: 'Chats',
  sideHint: 'A stand-in for Telegram. Everything here stays on this machine.',
  back: 'Back to the chats',
  messages: 'Messages',
  newest: 'Go to the newest message',
  samples: 'Sample links',
  try: 'Try:',
  more: 'More…',
  fewer: 'Fewer',
  draft: 'Paste a link',
  send: 'Send',
  block: 'Block bot',
  unblock: 'Unblock bot',
  ok: 'OK',
  bot: 'bot',
  members: 'members',
  edited: 'edited',
  delete: 'Delete message',
  photo: 'Photo',
  video: 'Video',
  animation: 'Animation',
  audio: 'Audio',
  voice: 'Voice message',
  document: 'File',
  gonePart: 'deleted message',
  noStreaming: 'plays only after it is downloaded whole',
  broken: 'The browser cannot play this file.',
  download: 'Download it',
  start: 'START',
  emptyPrivate:
    'Send a link to a video, and the video arrives here. Press START, or one of the sample links below.',
  emptyGroup: 'Nothing was said here yet. Send a link: the bot answers in the group.',
  noChats: 'You are in no chat. Choose another person.',
  lost: 'The connection is lost. Trying again by itself…',
  unreachable: 'The playground does not answer. See whether "npm start" still runs, then try again.',
  retry: 'Try again',
  notSent: 'The message was not sent. Is the playground still running?',
  notDone: 'That did not work. Is the playground still running?',
  noAnswer: 'The bot did not answer. It may be busy: try once more.',
  typing: 'typing…',
  upload_video: 'sending video…',
  upload_audio: 'sending audio…',
  upload_voice: 'sending voice…',
  upload_photo: 'sending photo…',
  upload_document: 'sending file…',
}

const ru = {
  youAre: 'Вы',
  chats: 'Чаты',
  sideHint: 'Замена Telegram. Всё, что здесь есть, остаётся на этом компьютере.',
  back: 'Назад к чатам',
  messages: 'Сообщения',
  newest: 'К последнему сообщению',
  samples: 'Примеры ссылок',
  try: 'Попробуйте:',
  more: 'Ещё…',
  fewer: 'Свернуть',
  draft: 'Вставьте ссылку',
  send: 'Отправить',
  block: 'Заблокировать',
  unblock: 'Разблокировать бота',
  ok: 'ОК',
  bot: 'бот',
  members: 'участников',
  edited: 'изменено',
  delete: 'Удалить сообщение',
  photo: 'Фото',
  video: 'Видео',
  animation: 'Анимация',
  audio: 'Аудио',
  voice: 'Голосовое сообщение',
  document: 'Файл',
  gonePart: 'удалённое сообщение',
  noStreaming: 'играет только после полной загрузки',
  broken: 'Браузер не может показать этот файл.',
  download: 'Скачать',
  start: 'СТАРТ',
  emptyPrivate: 'Отправьте ссылку на видео, и видео придёт сюда. Нажмите СТАРТ или один из примеров ниже.',
  emptyGroup: 'Здесь ещё ничего не сказано. Отправьте ссылку: бот ответит в группе.',
  noChats: 'Вы не состоите ни в одном чате. Выберите другого человека.',
  lost: 'Соединение потеряно. Пробуем снова…',
  unreachable: 'Площадка не отвечает. Проверьте, работает ли «npm start», и попробуйте снова.',
  retry: 'Попробовать снова',
  notSent: 'Сообщение не отправлено. Площадка ещё работает?',
  notDone: 'Не получилось. Площадка ещё работает?',
  noAnswer: 'Бот не ответил. Возможно, он занят: попробуйте ещё раз.',
  typing: 'печатает…',
  upload_video: 'отправляет видео…',
  upload_audio: 'отправляет аудио…',
  upload_voice: 'отправляет голосовое…',
  upload_photo: 'отправляет фото…',
  upload_document: 'отправляет файл…',
}

let words = en
let language = 'en'

/** Chooses the language of the page; what is not Russian is English. */
export function speak(languageCode) {
  language = languageCode?.startsWith('ru') ? 'ru' : 'en'
  words = language === 'ru' ? ru : en
  document.documentElement.lang = language
  for (const node of document.querySelectorAll('[data-text]')) node.textContent = words[node.dataset.text]
  for (const node of document.querySelectorAll('[data-label]'))
    node.setAttribute('aria-label', words[node.dataset.label])
  for (const node of document.querySelectorAll('[data-hint]')) node.placeholder = words[node.dataset.hint]
}

export const say = (key) => words[key] ?? ''
/** What somebody is doing ("sending video…"); nothing for an action that is not known. */
export const sayAction = (action) => (Object.hasOwn(words, action) ? words[action] : words.typing)

/** The time as in the reader's own country, when the browser says one for the language of the page. */
export function timeOf(unixSeconds) {
  const locale = navigator.languages.find((tag) => tag.startsWith(language)) ?? language
  return new Date(unixSeconds * 1000).toLocaleTimeString(locale, { timeStyle: 'short' })
}

/** "1:05" or "1:02:03". */
export function durationOf(seconds) {
  const whole = Math.round(seconds)
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const shown = parts[0] ? parts : parts.slice(1)
  return shown.map((part, n) => (n ? String(part).padStart(2, '0') : part)).join(':')
}

export function sizeOf(sizeBytes) {
  const [unit, divisor] = sizeBytes < 1024 * 1024 ? ['kilobyte', 1024] : ['megabyte', 1024 * 1024]
  const format = new Intl.NumberFormat(language, { style: 'unit', unit, maximumFractionDigits: 1 })
  return format.format(sizeBytes / divisor)
}
