/** Text that is already HTML. Only `html` makes it, so nothing reaches a page unescaped. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type Piece = Html | string | number | false | null | undefined | readonly Piece[]

/** A template whose values are escaped, except those that are `Html`; false, null and undefined vanish. */
export function html(parts: TemplateStringsArray, ...values: Piece[]): Html {
  return new Html(parts.reduce((text, part, index) => text + shown(values[index - 1]) + part))
}

function shown(value: Piece): string {
  if (value instanceof Html) return value.text
  if (value === false || value === null || value === undefined) return ''
  if (typeof value === 'object') return value.map(shown).join('')
  return String(value).replace(/[&<>"']/g, found => `&#${found.charCodeAt(0)};`)
}
