import { type Html, html } from '../../html.ts'
import type { RefusedForm } from '../../offers/refused-form.ts'

interface Field {
  name: string
  title: string
  value?: string | number
  type?: 'text' | 'url' | 'number' | 'area'
  /** Not every field must be filled. */
  isOptional?: true
  max?: number
  /** Has what was typed before, which goes before `value`. */
  refused?: RefusedForm | undefined
  /** Of several fields with this name. */
  n?: number
  /** What a problem calls it, when not by its name. */
  path?: string
}

/** A field of a form with its label. */
export function field(given: Field): Html {
  const { name, title, value = '', type = 'text', isOptional, max = 1000, refused, n } = given
  const shown = refused?.typed(name, n) ?? value
  const required = isOptional ? '' : html` required`
  const wrong = isWrong(given) ? html` aria-invalid="true" autofocus` : ''
  if (type === 'area')
    return html`<label>${title}<textarea name="${name}" rows="2" maxlength="${max}"${required}${wrong}>${shown}</textarea></label>`
  const limits = type === 'number' ? html` min="0" max="${max}" step="any"` : html` maxlength="${max}"`
  return html`<label>${title}<input name="${name}" type="${type}" value="${shown}"${limits}${required}${wrong}></label>`
}

const isWrong = ({ name, path = name, refused }: Field): boolean =>
  refused?.problem.fields.some((wrong) => wrong === path || wrong.startsWith(`${path}.`)) ?? false

/** One of several, each with the word that people read. */
export function choose(
  name: string,
  title: string,
  options: [value: string, word: string][],
  refused?: RefusedForm,
): Html {
  const chosen = refused?.typed(name)
  return html`<label>${title}<select name="${name}">${options.map(([value, word]) => html`<option value="${value}"${value === chosen ? html` selected` : ''}>${word}</option>`)}</select></label>`
}
