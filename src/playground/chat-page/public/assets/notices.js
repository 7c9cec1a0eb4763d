import { byId } from './element.js'

const TOAST_MS = 5000
let timer

/** A short answer that goes away by itself. */
export function toast(text) {
  const node = byId('toast')
  node.textContent = text
  node.hidden = false
  clearTimeout(timer)
  timer = setTimeout(() => {
    node.hidden = true
  }, TOAST_MS)
}

/** An answer that the person must put away. */
export function showAlert(text) {
  byId('alert-text').textContent = text
  byId('alert').showModal()
}

/** A line above the messages that stays until the trouble is over; an empty text takes it away. */
export function banner(text) {
  byId('banner').textContent = text
  byId('banner').hidden = !text
}
