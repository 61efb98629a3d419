/** One block of a PEM file. */
export interface Block {
  /** `CERTIFICATE`, `EC PRIVATE KEY`. */
  readonly label: string
  /** The block alone, with plain line ends. */
  readonly pem: string
  /** What it carries; undefined when that is no base64. */
  readonly der: Buffer | undefined
}

/** What a text holds: blocks in order, and whether anything else in it is more than talk. */
export interface PemRead {
  readonly blocks: readonly Block[]
  /** A block that begins and does not end, in words. */
  readonly broken: readonly string[]
  /** Something between the blocks that no person wrote. */
  readonly rubbish: boolean
}

/** Reads PEM as people send it: any line ends, byte order marks, UTF-16, notes between the blocks (RFC 7468 §2). Once through. */
export function readPem(bytes: Uint8Array): PemRead {
  const text = textOf(bytes)
  const blocks: Block[] = []
  const broken: string[] = []
  const between: string[] = []
  let open: {label: string; from: number; body: number} | undefined
  let end = 0
  for (const {0: mark, 1: word, 2: label = '', index} of text.matchAll(marks)) {
    if (word === 'BEGIN') {
      if (open) broken.push(unended(open.label))
      open = {label, from: index, body: index + mark.length}
    } else if (open?.label === label) {
      blocks.push(blockOf(label, text.slice(open.body, index)))
      between.push(text.slice(end, open.from))
      end = index + mark.length
      open = undefined
    } else broken.push(`a block "${label}" ends and did not begin`)
  }
  if (open) broken.push(unended(open.label))
  return {blocks, broken, rubbish: /[^\P{C}\s]|\uFFFD/u.test([...between, text.slice(end)].join('\n'))}
}

const unended = (label: string) => `a block "${label}" begins and does not end`
const marks = /-----(BEGIN|END) ([A-Z0-9 ]{1,40})-----/g

/** Whether there is a block at all: tells PEM from DER. */
export function looksLikePem(bytes: Uint8Array): boolean {
  return textOf(bytes).includes('-----BEGIN ')
}

function textOf(bytes: Uint8Array): string {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  return new TextDecoder('utf-8').decode(bytes)
}

function blockOf(label: string, body: string): Block {
  const lines = body.split(/\r\n|\r|\n/).map(line => line.trim())
  const pem = [`-----BEGIN ${label}-----`, ...lines.slice(1, -1), `-----END ${label}-----`, ''].join('\n')
  // Old encrypted keys have headers, which OpenSSL reads itself.
  const base64 = lines.filter(line => !line.includes(':')).join('')
  const der =
    /^[A-Za-z0-9+/]+={0,2}$/.test(base64) && base64.length % 4 === 0 ? Buffer.from(base64, 'base64') : undefined
  return {label, pem, der}
}
