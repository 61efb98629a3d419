import {spawn} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {namespace} from './model.ts'

/** OpenSSH's own programs, for keys of other kinds than ours and for those an agent keeps. */
export interface Said {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Public keys the agent holds; none when there is no agent. */
export async function agentKeys(env: NodeJS.ProcessEnv): Promise<string[]> {
  if (!env.SSH_AUTH_SOCK) return []
  const {code, out} = await ssh('ssh-add', ['-L'], {env})
  return code === 0 ? out.split('\n').filter(Boolean) : []
}

/** The public half of a private key file; undefined when it does not open. */
export async function publicHalf(file: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const {code, out} = await ssh('ssh-keygen', ['-y', '-f', file], {env})
  return code === 0 ? out.trim() : undefined
}

/** Signs with a private key file, or with the agent when the file holds a public key. */
export async function keygenSign(message: string, file: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const {code, out} = await ssh('ssh-keygen', ['-Y', 'sign', '-n', namespace, '-f', file], {env, input: message})
  return code === 0 ? out : undefined
}

/** True when the signature is of this message and by this key. */
export async function keygenVerify(message: string, signature: string, publicKey: string): Promise<boolean> {
  return inFolder(async folder => {
    const [signers, file] = [join(folder, 'signers'), join(folder, 'signature')]
    writeFileSync(signers, `operator ${publicKey}\n`)
    writeFileSync(file, signature)
    const argv = ['-Y', 'verify', '-f', signers, '-I', 'operator', '-n', namespace, '-s', file]
    return (await ssh('ssh-keygen', argv, {env: {}, input: message})).code === 0
  })
}

/** A folder of our own that is gone when the work is done. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'selfhelp-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
}

function ssh(
  program: string,
  argv: string[],
  {env, input = ''}: {env: NodeJS.ProcessEnv; input?: string},
): Promise<Said> {
  const {promise, resolve, reject} = Promise.withResolvers<Said>()
  const child = spawn(program, argv, {env: {PATH: process.env.PATH, ...env}, stdio: ['pipe', 'pipe', 'pipe']})
  let [out, err] = ['', '']
  child.stdout.on('data', text => {
    out += text
  })
  child.stderr.on('data', text => {
    err += text
  })
  child.on('error', reject)
  child.on('close', code => resolve({code, out, err}))
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  return promise
}
