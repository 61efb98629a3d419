// Read as RFC 5545 has it, by a reader that forgives nothing.
import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {certificateCalendar} from '../../src/certificate/ics.ts'
import type {Out} from '../../src/terminal/streams.ts'
import {show} from '../../src/terminal/view.ts'

const at = Temporal.Instant.from('2026-11-22T12:00:00Z')

/** What comes out of the command, as bytes. */
function written(issuer: string): Buffer {
  const item = {
    ...{hostname: 'help.acme.example', environment: 'acme/production', issuer, fingerprint: 'ab'.repeat(32)},
    ...{notBefore: at, notAfter: at.add({hours: 24 * 90}), derogation: undefined, renewalDue: at.add({hours: 24 * 60})},
  }
  let text = ''
  const write = (part: string) => {
    text += part
  }
  show({ics: certificateCalendar([item], at)}, {write, tty: false, colour: false, columns: 80} as unknown as Out, at)
  return Buffer.from(text)
}

interface Line {
  readonly name: string
  readonly value: string
}

/** §3.1 content lines, §3.3.11 text, §3.6 components. Throws at the first thing that is not so. */
function strictly(bytes: Buffer): readonly Line[][] {
  const text = new TextDecoder('utf-8', {fatal: true}).decode(bytes)
  if (!text.endsWith('\r\n')) throw new Error('the last line does not end')
  const physical = text.slice(0, -2).split('\r\n')
  for (const line of physical) {
    if (/[\r\n]/.test(line)) throw new Error(`a line end that is none: ${JSON.stringify(line)}`)
    if (Buffer.byteLength(line) > 75) throw new Error(`longer than 75 octets: ${line}`)
    if (/^[ \t]?$/.test(line)) throw new Error('an empty line')
  }
  const lines = physical.reduce<string[]>((all, line) => {
    if (/^[ \t]/.test(line)) all.push(`${all.pop()}${line.slice(1)}`)
    else all.push(line)
    return all
  }, [])
  const parsed = lines.map(line => {
    const [, name, value] = /^([A-Z-]+):(.*)$/.exec(line) ?? []
    if (name === undefined || value === undefined) throw new Error(`no content line: ${line}`)
    return {name, value}
  })
  const [first, version, ...rest] = parsed
  if (first?.value !== 'VCALENDAR' || version?.name !== 'VERSION' || version.value !== '2.0')
    throw new Error('no calendar')
  const last = rest.pop()
  if (last?.name !== 'END' || last.value !== 'VCALENDAR') throw new Error('it does not end')
  const events: Line[][] = []
  let open: Line[] | undefined
  for (const line of rest) {
    if (line.name === 'BEGIN') open = []
    else if (line.name === 'END' && open) {
      for (const name of ['UID', 'DTSTAMP', 'DTSTART', 'SUMMARY'])
        if (open.filter(each => each.name === name).length !== 1) throw new Error(`${name} is not there once`)
      events.push(open)
      open = undefined
    } else open?.push(line)
  }
  return events
}

const value = (event: readonly Line[] | undefined, name: string) => event?.find(line => line.name === name)?.value ?? ''
const plain = (text: string) => text.replaceAll(/\\([\\;,nN])/g, (_, letter) => (/n/i.test(letter) ? '\n' : letter))

t.test('ends and renewals are a calendar that a strict reader takes', async t => {
  const [renewal, end, none] = strictly(written('Let’s Encrypt, R3; a\\b'))
  t.equal(none, undefined)
  t.match(value(renewal, 'DTSTART'), /^\d{8}T\d{6}Z$/)
  t.equal(value(renewal, 'DTSTART'), '20270121T120000Z')
  t.equal(value(end, 'DTSTART'), '20270220T120000Z')
  t.equal(plain(value(end, 'SUMMARY')), 'help.acme.example: certificate ends')
  t.match(plain(value(end, 'DESCRIPTION')), 'issued by Let’s Encrypt, R3; a\\b, SHA-256')
  t.not(value(renewal, 'UID'), value(end, 'UID'))
})

t.test('an issuer that would begin a line of its own does not, and letters of two bytes are not cut', async t => {
  const events = strictly(written(`Ä${'é'.repeat(80)}\r\nBEGIN:VALARM`))
  t.equal(events.length, 2)
  t.match(plain(value(events[1], 'DESCRIPTION')), 'é'.repeat(80))
})
