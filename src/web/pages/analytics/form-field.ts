import { type Html, html } from '../../html.ts'

interface Field {
  name: string
  title: string
  value?: string | number
  type?: 'text' | 'url' | 'number' | 'area'
  /** Not every field must be filled. */
  isOptional?: true
  max?: number
}

/** A field of a form with its label. */
export function field({ name, title, value = '', type = 'text', isOptional, max = 1000 }: Field): Html {
  const required = isOptional ? '' : html` required`
  if (type === 'area')
    return html`<label>${title}<textarea name="${name}" rows="2" maxlength="${max}"${required}>${value}</textarea></label>`
  const limits = type === 'number' ? html` min="0" max="${max}" step="any"` : html` maxlength="${max}"`
  return html`<label>${title}<input name="${name}" type="${type}" value="${value}"${limits}${required}></label>`
}

/** One of several, each with the word that people read. */
export const choose = (name: string, title: string, options: [value: string, word: string][]): Html =>
  html`<label>${title}<select name="${name}">${options.map(([value, word]) => html`<option value="${value}">${word}</option>`)}</select></label>`
