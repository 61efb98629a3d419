import {spawn} from 'node:child_process'
import {once} from 'node:events'

/** Where a secret was found; its value is never told. */
export interface Finding {
  readonly secret: string
  readonly file: string
}

/** Looks for the needles in these files and in everything below these folders. They travel on stdin only. */
export async function search(needles: ReadonlyMap<string, string>, places: readonly string[]): Promise<Finding[]> {
  const child = spawn('grep', ['-raoFHZs', '-D', 'skip', '-f', '-', '--', ...places], {
    env: {PATH: '/usr/bin:/bin', LC_ALL: 'C'},
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end([...needles.keys()].join('\n'))
  let out = ''
  child.stdout.setEncoding('latin1').on('data', chunk => {
    out += chunk
  })
  await once(child, 'close')
  const found = new Map<string, Finding>()
  for (const line of out.split('\n').filter(Boolean)) {
    const [file = '', needle = ''] = line.split('\0')
    const finding = {secret: needles.get(needle) ?? 'unknown', file}
    found.set(`${finding.secret}\0${file}`, finding)
  }
  return [...found.values()]
}
