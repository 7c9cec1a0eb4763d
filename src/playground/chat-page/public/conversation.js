import { byId, element } from './element.js'
import { messageView } from './message-view.js'
import { say } from './texts.js'

const NEAR_BOTTOM_PX = 120

const log = byId('log')
const down = byId('down')
// It scrolls, so the keyboard must reach it.
log.tabIndex = 0

const nodeOf = (id) => log.querySelector(`[data-id="${CSS.escape(String(id))}"]`)
const atBottom = () => log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_BOTTOM_PX
const toBottom = () => {
  log.scrollTop = log.scrollHeight
  down.hidden = true
}

down.addEventListener('click', toBottom)
log.addEventListener('scroll', () => {
  if (atBottom()) down.hidden = true
})

/** The messages of one chat on the screen. `actionsOf(view)` gives what can be done with a message. */
export function createConversation({ actionsOf, onStart }) {
  let chat
  let me
  let messages

  const build = (view, before) => {
    const mine = view.from.id === me
    const jump = () => nodeOf(view.replyTo)?.scrollIntoView({ block: 'center' })
    return messageView(view, {
      mine,
      withSender: chat.type !== 'private' && !mine,
      original: view.replyTo === undefined ? undefined : messages.get(view.replyTo),
      before,
      actions: { ...actionsOf(view), onJump: jump },
    })
  }

  const showEmpty = () => {
    const isPrivate = chat.type === 'private'
    const start = element('button', { type: 'button', onclick: onStart }, say('start'))
    const words = element('p', {}, say(isPrivate ? 'emptyPrivate' : 'emptyGroup'))
    log.replaceChildren(element('div', { class: 'empty' }, words, isPrivate && start))
  }

  /** An edit replaces the node: whoever stands on its third button stands on the new third button. */
  const replace = (old, next) => {
    const place = [...old.querySelectorAll('button, a')].indexOf(document.activeElement)
    old.replaceWith(next)
    if (place >= 0) (next.querySelectorAll('button, a')[place] ?? log).focus({ preventScroll: true })
  }

  return {
    /** Shows a chat as the person sees it; `views` is a live Map by message id. */
    show(nextChat, nextMe, views) {
      ;[chat, me, messages] = [nextChat, nextMe, views]
      const sorted = [...messages.values()].sort((a, b) => a.id - b.id)
      if (sorted.length) log.replaceChildren(...sorted.map((view) => build(view)))
      else showEmpty()
      toBottom()
    },
    /** Shows a message that is new or edited; it must be in the Map already. */
    upsert(view) {
      const follow = atBottom()
      const old = nodeOf(view.id)
      if (old) {
        replace(old, build(view, old))
      } else {
        log.querySelector('.empty')?.remove()
        log.append(build(view))
      }
      if (follow || view.from.id === me) toBottom()
      else if (!old) down.hidden = false
    },
    remove(id) {
      nodeOf(id)?.remove()
      if (!messages.size) showEmpty()
    },
    /** In place of messages: what is wrong, and one thing to do about it. */
    showProblem(text, doWhat, onDo) {
      const button = onDo && element('button', { type: 'button', onclick: onDo }, doWhat)
      log.replaceChildren(element('div', { class: 'empty', role: 'alert' }, element('p', {}, text), button))
    },
  }
}
