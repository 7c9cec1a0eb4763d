import { byId, element } from './element.js'
import { messageView } from './message-view.js'
import { say } from './texts.js'

const NEAR_BOTTOM_PX = 120

const log = byId('log')
const thread = byId('thread')
const down = byId('down')
// It scrolls, so the keyboard must reach it.
log.tabIndex = 0

const nodeOf = (id) => thread.querySelector(`[data-id="${CSS.escape(String(id))}"]`)
const atBottom = () => log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_BOTTOM_PX
const toBottom = () => {
  log.scrollTop = log.scrollHeight
  down.hidden = true
}

down.addEventListener('click', toBottom)
let following = true
log.addEventListener('scroll', () => {
  following = atBottom()
  if (following) down.hidden = true
})
// The keyboard of a phone, open samples or a picture that has loaded take room: who was at the newest message
// stays there.
const watcher = new ResizeObserver(() => {
  if (following) toBottom()
})
watcher.observe(log)
watcher.observe(thread)

/** Changes all of a message but its player: one that is taken out of the page, even for a moment, stops. */
function changeAround(old, next) {
  const player = old.querySelector('.holder')
  const gap = next.querySelector('.holder')
  const [before, after] = [[], []]
  for (const node of gap.parentNode.childNodes)
    if (node !== gap)
      (gap.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING ? after : before).push(node)
  for (const node of [...player.parentNode.childNodes]) if (node !== player) node.remove()
  player.before(...before)
  player.after(...after)
  old.querySelector('.keys')?.remove()
  const keys = next.querySelector('.keys')
  if (keys) old.append(keys)
}

/** The messages of one chat on the screen. `actionsOf(view)` gives what can be done with a message. */
export function createConversation({ actionsOf, onStart }) {
  let chat
  let me
  let messages
  /** What each message on the screen was made of, by id. */
  const shownAs = new Map()

  const build = (view, withMedia) => {
    const mine = view.from.id === me
    const jump = () => nodeOf(view.replyTo)?.scrollIntoView({ block: 'center' })
    return messageView(view, {
      mine,
      withSender: chat.type !== 'private' && !mine,
      original: view.replyTo === undefined ? undefined : messages.get(view.replyTo),
      withMedia,
      actions: { ...actionsOf(view), onJump: jump },
    })
  }

  const showEmpty = () => {
    const isPrivate = chat.type === 'private'
    const start = element('button', { type: 'button', onclick: onStart }, say('start'))
    const words = element('p', {}, say(isPrivate ? 'emptyPrivate' : 'emptyGroup'))
    thread.replaceChildren(element('div', { class: 'empty' }, words, isPrivate && start))
  }

  /** Whoever stands on the third button of a message stands on its new third button. */
  const keepingFocus = (work, id) => {
    const buttons = () => [...(nodeOf(id)?.querySelectorAll('button, a') ?? [])]
    const place = buttons().indexOf(document.activeElement)
    work()
    if (place >= 0) (buttons()[place] ?? log).focus({ preventScroll: true })
  }

  const put = (view) => {
    const old = nodeOf(view.id)
    const samePlayer = old && view.media && old.dataset.fileId === view.media.fileId
    const next = build(view, !samePlayer)
    shownAs.set(view.id, JSON.stringify(view))
    if (samePlayer) keepingFocus(() => changeAround(old, next), view.id)
    else if (old) keepingFocus(() => old.replaceWith(next), view.id)
    else thread.append(next)
    thread.querySelector('.empty')?.remove()
  }

  return {
    /** Shows a chat as the person sees it; `views` is a live Map by message id. */
    show(nextChat, nextMe, views) {
      const same = chat?.id === nextChat.id && me === nextMe
      ;[chat, me, messages] = [nextChat, nextMe, views]
      if (!same) {
        thread.replaceChildren()
        shownAs.clear()
      }
      for (const id of shownAs.keys()) if (!views.has(id)) this.remove(id)
      // After a lost connection only what changed is drawn anew: a video that plays must play on.
      const sorted = [...views.values()].sort((a, b) => a.id - b.id)
      for (const view of sorted) if (shownAs.get(view.id) !== JSON.stringify(view)) put(view)
      if (!sorted.length) showEmpty()
      if (!same) toBottom()
    },
    /** Shows a message that is new or edited; it must be in the Map already. */
    upsert(view) {
      const isNew = !shownAs.has(view.id)
      const follow = following
      put(view)
      if (follow || (isNew && view.from.id === me)) toBottom()
      else if (isNew) down.hidden = false
    },
    remove(id) {
      nodeOf(id)?.remove()
      shownAs.delete(id)
      if (!messages.size) showEmpty()
    },
    /** In place of messages: what is wrong, and one thing to do about it. */
    showProblem(text, doWhat, onDo) {
      const button = onDo && element('button', { type: 'button', onclick: onDo }, doWhat)
      thread.replaceChildren(
        element('div', { class: 'empty', role: 'alert' }, element('p', {}, text), button),
      )
    },
  }
}
