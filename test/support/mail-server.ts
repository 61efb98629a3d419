import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import type {Test} from 'tap'

export interface MailServerGiven {
  readonly secure?: boolean
  readonly starttls?: boolean
  readonly key?: string
  readonly cert?: string
  readonly account?: {readonly user: string; readonly password: string}
}

export interface MailServer {
  readonly port: number
  /** What it took, in order. */
  taken(): readonly {to: string; text: string; secure: boolean; user?: string}[]
}

/** An SMTP server on the loopback; its process ends with the test. */
export async function mailServer(t: Pick<Test, 'teardown'>, given: MailServerGiven = {}): Promise<MailServer> {
  const folder = mkdtempSync(join(tmpdir(), 'selfhelp-mail-'))
  const file = join(folder, 'taken')
  const program = fileURLToPath(new URL('mail-server-child.ts', import.meta.url))
  const child = spawn(process.execPath, [program, JSON.stringify({...given, file})], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  t.teardown(() => {
    child.kill('SIGKILL')
    rmSync(folder, {recursive: true})
  })
  const [line] = await once(child.stdout, 'data')
  return {
    port: Number(line),
    taken: () =>
      existsSync(file)
        ? readFileSync(file, 'utf8')
            .trim()
            .split('\n')
            .map(each => JSON.parse(each))
        : [],
  }
}
