/** A message of charon's control interface: sections of texts, lists and sections; the same shape as swanctl.conf. */
export interface Section {
  readonly [key: string]: string | Buffer | readonly (string | Buffer)[] | Section
}

/** A command and its message as charon takes it (VICI, strongSwan 5.9). */
export function request(command: string, message: Section = {}): Buffer {
  return Buffer.concat([packet(0, command), encode(message)])
}

/** From now on events of this name are sent too. */
export const listenTo = (event: string): Buffer => packet(3, event)

/** What charon said: to a command, or as an event of that name. */
export interface Said {
  readonly event?: string
  readonly message: Answered
}

export interface Answered {
  readonly [key: string]: string | readonly string[] | Answered
}

/** Reads one answer. Throws `RangeError` for what is none. */
export function answer(bytes: Buffer): Said {
  const type = bytes[0]
  if (type === 1) return {message: decode(bytes.subarray(1))}
  if (type === 7) {
    const length = bytes[1] ?? 0
    return {event: bytes.toString('utf8', 2, 2 + length), message: decode(bytes.subarray(2 + length))}
  }
  if (type === 5) return {message: {}}
  throw new RangeError(`charon answered with a packet of type ${type}`)
}

/** As text for swanctl.conf. */
export function swanctlText(section: Section, indent = ''): string {
  return Object.entries(section)
    .map(([key, value]) => {
      if (typeof value === 'string') return `${indent}${key} = ${value}\n`
      if (isList(value)) return `${indent}${key} = ${value.join(', ')}\n`
      if (Buffer.isBuffer(value)) throw new RangeError(`${key} is bytes, which a file cannot hold`)
      return `${indent}${key} {\n${swanctlText(value, `${indent}    `)}${indent}}\n`
    })
    .join('')
}

const element = {sectionStart: 1, sectionEnd: 2, keyValue: 3, listStart: 4, listItem: 5, listEnd: 6} as const

function packet(type: number, name: string): Buffer {
  return Buffer.concat([Buffer.of(type), short(name)])
}

function encode(section: Section): Buffer {
  return Buffer.concat(
    Object.entries(section).map(([key, value]) => {
      if (typeof value === 'string' || Buffer.isBuffer(value))
        return Buffer.concat([Buffer.of(element.keyValue), short(key), long(value)])
      if (isList(value)) {
        const items = value.map(item => Buffer.concat([Buffer.of(element.listItem), long(item)]))
        return Buffer.concat([Buffer.of(element.listStart), short(key), ...items, Buffer.of(element.listEnd)])
      }
      return Buffer.concat([Buffer.of(element.sectionStart), short(key), encode(value), Buffer.of(element.sectionEnd)])
    }),
  )
}

function decode(bytes: Buffer): Answered {
  let at = 0
  const byte = () => bytes.readUInt8(at++)
  const text = (length: number) => {
    at += length
    if (at > bytes.length) throw new RangeError('charon sent less than it said')
    return bytes.toString('utf8', at - length, at)
  }
  const key = () => text(byte())
  const value = () => {
    at += 2
    return text(bytes.readUInt16BE(at - 2))
  }
  const list = () => {
    const items: string[] = []
    while (byte() === element.listItem) items.push(value())
    return items
  }
  const inside = (): Answered => {
    const found: Record<string, Answered[string]> = {}
    while (at < bytes.length) {
      const kind = byte()
      if (kind === element.sectionEnd) return found
      const name = key()
      if (kind === element.sectionStart) found[name] = inside()
      else if (kind === element.keyValue) found[name] = value()
      else if (kind === element.listStart) found[name] = list()
      else throw new RangeError(`charon sent an element of kind ${kind}`)
    }
    return found
  }
  return inside()
}

const isList = (value: Section[string]): value is readonly (string | Buffer)[] => Array.isArray(value)

function short(text: string): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([Buffer.of(bytes.length), bytes])
}

function long(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value)
  const length = Buffer.alloc(2)
  length.writeUInt16BE(bytes.length)
  return Buffer.concat([length, bytes])
}
