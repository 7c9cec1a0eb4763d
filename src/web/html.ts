const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** HTML that is safe to send as it is. Only `html` makes it. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toString(): string {
    return this.text
  }
}

type Value = Html | Html[] | string | number

const rendered = (value: Value): string => {
  if (Array.isArray(value)) return value.map(rendered).join('')
  if (value instanceof Html) return value.text
  return String(value).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}

/** A template: every value is escaped, unless it is a template itself. */
export function html(parts: TemplateStringsArray, ...values: Value[]): Html {
  return new Html(parts.reduce((text, part, i) => text + rendered(values[i - 1] ?? '') + part))
}
