const risky = /[\u202a-\u202e\u2066-\u2069]|(?![\n\t])\p{Cc}/gu

/**
 * Text for a person's terminal: what would move the cursor, colour, hide or turn around is shown as its escape. Names,
 * messages and file contents come from hosts and files of others.
 */
export function printable(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(risky, escaped)
}

/** JSON for a pipe or a terminal: nothing in it is more than characters, and it means the same. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replace(risky, escaped)
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
