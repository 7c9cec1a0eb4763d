import { createComposer, showSamples } from './composer.js'
import { createConversation } from './conversation.js'
import { byId } from './element.js'
import { banner, showAlert, toast } from './notices.js'
import * as server from './server.js'
import { paintAvatar, showChats, showPeople } from './side-list.js'
import { say, sayAction, speak } from './texts.js'

/** Telegram shows an action for five seconds, or until a message comes. */
const ACTION_MS = 5000

let state
let links = []
let me
let chatId
/** By chat: its messages by id, and how many the person has not seen. */
let messages = new Map()
let unread = new Map()
let blocked = new Set()
let stopListening = () => undefined
let actionTimer

const myChats = () => state.chats.filter((chat) => chat.memberIds.includes(me))
const chatOf = (id) => state.chats.find((chat) => chat.id === id)
const titleOf = (chat) => (chat.type === 'private' ? state.bot.firstName : chat.title)
const viewsOf = (id) => messages.get(id) ?? new Map()
const lastOf = (chat) => [...viewsOf(chat.id).values()].sort((a, b) => a.id - b.id).at(-1)

/** Runs what a person asked for; when the server does not do it, says so. */
async function attempt(work, complaint = 'notDone') {
  try {
    return await work()
  } catch {
    toast(say(complaint))
    return false
  }
}

const send = (text) => attempt(() => server.sendText(chatId, me, text), 'notSent')

const conversation = createConversation({
  onStart: () => void send('/start'),
  actionsOf: (view) => ({
    onCommand: (text) => void send(text),
    onDelete: () => void attempt(() => server.deleteMessage(chatId, view.id, me)),
    async onPress(data) {
      const answer = await attempt(() => server.pressButton(chatId, view.id, me, data), 'noAnswer')
      if (answer?.text) (answer.showAlert ? showAlert : toast)(answer.text)
    },
  }),
})

function drawSide() {
  const unreadOf = (chat) => unread.get(chat.id) ?? 0
  showChats(myChats(), chatId, { titleOf, lastOf, unreadOf, onOpen: openChat })
}

function drawStatus(action) {
  const chat = chatOf(chatId)
  const status = byId('talk-status')
  const still = chat?.type === 'private' ? say('bot') : `${chat?.memberIds.length} ${say('members')}`
  status.textContent = action ? sayAction(action) : still
  status.classList.toggle('busy', Boolean(action))
  clearTimeout(actionTimer)
  if (action) actionTimer = setTimeout(drawStatus, ACTION_MS)
}

function drawFoot() {
  const isPrivate = chatOf(chatId)?.type === 'private'
  const isBlocked = isPrivate && blocked.has(chatId)
  byId('block').hidden = !isPrivate || isBlocked
  byId('block').textContent = say('block')
  byId('unblock').hidden = !isBlocked
  byId('composer').hidden = isBlocked
  byId('samples').hidden = isBlocked || !links.length
}

function openChat(id) {
  byId('app').classList.add('in-chat')
  chatId = id
  unread.delete(id)
  drawChat()
}

function drawChat() {
  const chat = chatOf(chatId)
  byId('talk-title').textContent = titleOf(chat)
  paintAvatar(byId('talk-avatar'), titleOf(chat))
  conversation.show(chat, me, viewsOf(chatId))
  drawStatus()
  drawFoot()
  drawSide()
}

function take(name, event) {
  const views = messages.get(event.chatId)
  if (!views) return
  const shown = event.chatId === chatId
  if (name === 'action') {
    if (shown) drawStatus(event.action)
    return
  }
  if (name === 'deleted') {
    views.delete(event.messageId)
    if (shown) conversation.remove(event.messageId)
  } else {
    const isNew = !views.has(event.message.id)
    views.set(event.message.id, event.message)
    if (shown) conversation.upsert(event.message)
    else if (isNew) unread.set(event.chatId, (unread.get(event.chatId) ?? 0) + 1)
    if (shown && event.message.from.isBot) drawStatus()
  }
  drawSide()
}

/** Loads all messages; what happens meanwhile is kept and applied after, as it is newer than the answers. */
function createCatchUp(person) {
  let waiting
  return {
    onEvent(name, event) {
      if (waiting) waiting.push([name, event])
      else take(name, event)
    },
    async onOpen() {
      waiting = []
      try {
        const loaded = await Promise.all(
          myChats().map(async (chat) => [chat.id, (await server.loadMessages(chat.id, person)).messages]),
        )
        if (person !== me) return
        messages = new Map(loaded.map(([id, views]) => [id, new Map(views.map((view) => [view.id, view]))]))
        banner('')
        if (chatId === undefined) drawSide()
        else drawChat()
      } catch {
        banner(say('lost'))
      }
      const missed = waiting
      waiting = undefined
      if (person === me) for (const [name, event] of missed) take(name, event)
    },
    onLost: () => banner(say('lost')),
  }
}

function become(person) {
  stopListening()
  me = person
  messages = new Map()
  unread = new Map()
  chatId = undefined
  localStorage.setItem('person', String(person))
  speak(state.users.find((user) => user.id === person)?.languageCode)
  showPeople(state.users, me, become)
  showSamples(links, (url) => void send(url))
  blocked = new Set(state.chats.filter((chat) => chat.blocked).map((chat) => chat.id))
  const chats = myChats()
  const first = chats.find((chat) => chat.type === 'private') ?? chats[0]
  if (first) openChat(first.id)
  else conversation.showProblem(say('noChats'))
  stopListening = server.listen(person, createCatchUp(person))
}

const block = (value) =>
  attempt(async () => {
    await server.setBlocked(chatId, me, value)
    value ? blocked.add(chatId) : blocked.delete(chatId)
    drawFoot()
  })

async function start() {
  try {
    state = await server.loadState()
  } catch {
    byId('app').classList.add('in-chat')
    conversation.showProblem(say('unreachable'), say('retry'), () => void start())
    return
  }
  // Samples are a convenience: without them the chat works as well.
  links = await server.loadLinks().catch(() => [])
  const known = (id) => state.users.some((user) => user.id === id)
  const wanted = Number(new URLSearchParams(location.search).get('user') ?? localStorage.getItem('person'))
  become(known(wanted) ? wanted : state.users[0].id)
}

createComposer(send)
byId('block').addEventListener('click', () => void block(true))
byId('unblock').addEventListener('click', () => void block(false))
byId('back').addEventListener('click', () => {
  byId('app').classList.remove('in-chat')
  byId('chat-list').querySelector('[aria-current="true"]')?.focus()
})
speak(navigator.language)
void start()
