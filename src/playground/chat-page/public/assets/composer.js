import { byId, element } from './element.js'
import { say } from './texts.js'

/** As many as stand beside "More…" on a usual screen. */
const SHOWN = 4

const draft = byId('draft')
const form = byId('composer')
const samples = byId('samples')

/** The field for writing. `onSend(text)` gives false when the text did not go: then it stays for another try. */
export function createComposer(onSend) {
  const enable = () => {
    byId('send').disabled = !draft.value.trim()
  }
  const submit = async () => {
    const text = draft.value.trim()
    if (!text) return
    draft.value = ''
    enable()
    if ((await onSend(text)) === false && !draft.value) draft.value = text
    enable()
    draft.focus()
  }
  draft.addEventListener('input', enable)
  draft.addEventListener('keydown', (event) => {
    // While an input method composes a word, Enter only ends the word.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    void submit()
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void submit()
  })
}

/** Sample links: one click sends one. */
export function showSamples(links, onChoose) {
  const chip = ({ name, url, note }) =>
    element(
      'button',
      { type: 'button', class: 'chip', title: `${note}\n${url}`, onclick: () => onChoose(url) },
      name,
    )
  const draw = (open) => {
    const toggle = element(
      'button',
      { type: 'button', class: 'chip toggle', 'aria-expanded': open },
      say(open ? 'fewer' : 'more'),
    )
    toggle.addEventListener('click', () => {
      draw(!open)
      samples.lastElementChild.focus()
    })
    const shown = (open ? links : links.slice(0, SHOWN)).map(chip)
    samples.classList.toggle('open', open)
    samples.replaceChildren(element('span', { 'aria-hidden': 'true' }, say('try')), ...shown)
    if (links.length > SHOWN) samples.append(toggle)
  }
  samples.hidden = !links.length
  draw(false)
}
