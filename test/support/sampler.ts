// A process of its own: writes what the command lines and environments of all processes say, until its stdin ends.
import {closeSync, openSync, readdirSync, readFileSync, writeSync} from 'node:fs'

const everyMilliseconds = 8
// A young process may still become another program; an old one is looked at now and then.
const youngRounds = 40
const oldEvery = 200

const out = openSync(process.argv[2] ?? '/dev/null', 'w', 0o600)
const said = new Set<string>()
let looks = new Map<string, number>()

function look(): void {
  const now = new Map<string, number>()
  for (const pid of readdirSync('/proc')) {
    if (!/^\d/.test(pid)) continue
    const age = (looks.get(pid) ?? -1) + 1
    now.set(pid, age)
    if (age < youngRounds || age % oldEvery === 0) for (const what of ['cmdline', 'environ']) read(pid, what)
  }
  looks = now
}

function read(pid: string, what: string): void {
  try {
    const text = readFileSync(`/proc/${pid}/${what}`, 'latin1')
    if (text === '' || said.has(text)) return
    said.add(text)
    writeSync(out, `${what} ${text.replaceAll('\0', ' ')}\n`, null, 'latin1')
  } catch {
    // It has ended.
  }
}

const timer = setInterval(look, everyMilliseconds)
process.stdin.resume().on('end', () => {
  clearInterval(timer)
  look()
  closeSync(out)
})
