import { byId, element } from './element.js'
import { summaryOf } from './message-view.js'
import { timeOf } from './texts.js'

const TINTS = 4

/** The round picture of a person or chat: its first letter, on a colour that stays the same. (The id of a private
 * chat is the person's: by it, the one bot would look different to everybody.) */
export function paintAvatar(node, title) {
  const letters = [...title]
  node.textContent = letters[0] ?? '?'
  node.dataset.tint = String(letters.reduce((sum, letter) => sum + letter.codePointAt(0), 0) % TINTS)
  return node
}

/** Who one can be. */
export function showPeople(users, me, onChoose) {
  const people = byId('people')
  for (const old of people.querySelectorAll('label')) old.remove()
  for (const user of users) {
    const input = element('input', {
      type: 'radio',
      name: 'person',
      value: user.id,
      onchange: () => onChoose(user.id),
    })
    input.checked = user.id === me
    const label = element('label', { class: 'person' }, input, user.firstName, ' ')
    label.append(element('small', {}, user.languageCode))
    people.append(label)
  }
}

/** The chats of the person. `lastOf(chat)` is the newest message, `unreadOf(chat)` a number. */
export function showChats(chats, current, { titleOf, lastOf, unreadOf, onOpen }) {
  const hadFocus = document.activeElement?.closest('.chat')?.dataset.chat
  const items = chats.map((chat) => {
    const last = lastOf(chat)
    const unread = unreadOf(chat)
    return element(
      'li',
      {},
      element(
        'button',
        {
          type: 'button',
          class: 'chat',
          'data-chat': chat.id,
          'aria-current': chat.id === current,
          onclick: () => onOpen(chat.id),
        },
        paintAvatar(element('span', { class: 'avatar', 'aria-hidden': 'true' }), titleOf(chat)),
        element('b', {}, titleOf(chat)),
        last ? element('time', {}, timeOf(last.editDate ?? last.date)) : element('span'),
        element('span', { class: 'preview' }, last ? summaryOf(last) : ''),
        unread > 0 && element('span', { class: 'unread' }, String(unread)),
      ),
    )
  })
  byId('chat-list').replaceChildren(...items)
  if (hadFocus)
    byId('chat-list')
      .querySelector(`[data-chat="${CSS.escape(hadFocus)}"]`)
      ?.focus()
}
