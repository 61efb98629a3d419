import type {Readable} from 'node:stream'
import {Failure} from '../error.ts'
import {connected, type SshTarget} from './ssh.ts'

/**
 * Gives a program to the login shell's `sh` and returns all it printed: for a machine that is not ours yet, without
 * sudo and without leaving a trace. Throws `Refusal('host-key-changed')`, `Failure('host-unreachable')`.
 */
export async function runProgram(target: SshTarget, program: string): Promise<string> {
  const client = await connected(target)
  const {host, deadline = 120_000} = target
  const late = setTimeout(() => client.destroy(), deadline)
  try {
    return await new Promise<string>((resolve, reject) => {
      const lost = () => reject(new Failure('host-unreachable', `${host} did not answer to the end.`, {facts: {host}}))
      client.once('close', lost)
      client.exec('sh -s', (error, stream) => {
        if (error) return lost()
        said(stream).then(resolve, lost)
        stream.stderr.resume()
        stream.end(program)
      })
    })
  } finally {
    clearTimeout(late)
    client.destroy()
  }
}

/** What a machine says before it is ours is a page; whoever talks without end is not heard to it. */
async function said(stream: Readable): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of stream as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > 1_048_576) throw new Error('too much')
    parts.push(part)
  }
  return Buffer.concat(parts).toString()
}

/** The host key that answers at an address, as a line `ssh-ed25519 AAAA…`; nobody has vouched for it yet. */
export async function presentedKey(address: string, port = 22, within = 10_000): Promise<string> {
  const {Client} = (await import('ssh2')).default
  const client = new Client()
  try {
    return await new Promise<string>((resolve, reject) => {
      const lost = (cause?: Error) =>
        reject(
          new Failure('host-unreachable', `Nothing answers at ${address} port ${port} over SSH.`, {
            facts: {address, port},
            cause,
          }),
        )
      client.on('error', lost).once('close', () => lost())
      client.connect({
        host: address,
        port,
        username: 'nobody',
        readyTimeout: within,
        algorithms: {serverHostKey: ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'rsa-sha2-512']},
        hostVerifier: (key: Buffer) => {
          resolve(`${typeOf(key)} ${key.toString('base64')}`)
          return false
        },
      })
    })
  } finally {
    client.on('error', () => {})
    client.destroy()
  }
}

const typeOf = (key: Buffer): string => key.subarray(4, 4 + key.readUInt32BE(0)).toString()
