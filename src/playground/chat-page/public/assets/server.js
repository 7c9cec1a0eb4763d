const ROOT = '/playground'

async function ask(path, method = 'GET', body = undefined) {
  const answer = await fetch(ROOT + path, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`${method} answered ${answer.status}`)
  const text = await answer.text()
  return text ? JSON.parse(text) : {}
}

const chatPath = (chatId) => `/chats/${encodeURIComponent(chatId)}`

export const fileUrl = (fileId) => `${ROOT}/files/${encodeURIComponent(fileId)}`
export const loadState = () => ask('/state')
export const loadLinks = () => ask('/links')
export const loadMessages = (chatId, user) => ask(`${chatPath(chatId)}/messages?user=${user}`)
export const sendText = (chatId, user, text) => ask(`${chatPath(chatId)}/messages`, 'POST', { user, text })
export const pressButton = (chatId, id, user, data) =>
  ask(`${chatPath(chatId)}/messages/${id}/press`, 'POST', { user, data })
export const deleteMessage = (chatId, id, user) =>
  ask(`${chatPath(chatId)}/messages/${id}?user=${user}`, 'DELETE')
export const setBlocked = (chatId, user, blocked) =>
  ask(`${chatPath(chatId)}/block`, 'POST', { user, blocked })

const REOPEN_AFTER_MS = 2000

/**
 * Listens to what happens in the chats of a person; gives the function that stops. The browser reopens a broken
 * stream by itself, but gives up when the server answers with an error: then we do it. `onOpen` runs at every
 * (re)opening, for what was missed meanwhile must be loaded.
 */
export function listen(user, { onOpen, onLost, onEvent }) {
  let stream
  let timer
  const open = () => {
    stream = new EventSource(`${ROOT}/events?user=${user}`)
    stream.onopen = onOpen
    stream.onerror = () => {
      onLost()
      if (stream.readyState === EventSource.CLOSED) timer = setTimeout(open, REOPEN_AFTER_MS)
    }
    for (const name of ['message', 'deleted', 'action'])
      stream.addEventListener(name, (event) => onEvent(name, JSON.parse(event.data)))
  }
  open()
  return () => {
    clearTimeout(timer)
    stream.close()
  }
}
