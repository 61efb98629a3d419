import {Refusal} from '../error.ts'
import {Secret} from '../secret/secret.ts'
import type {Streams} from '../terminal/streams.ts'

const longest = 1_024

/** The password on stdin, without its last line end; a person at a terminal is asked for it. Throws `Refusal('input-invalid')`. */
export async function passwordOf(
  {interactive}: Streams,
  stdin: NodeJS.ReadableStream = process.stdin,
): Promise<Secret> {
  if (interactive) {
    const {password} = await import('@inquirer/prompts')
    return new Secret(await password({message: 'Password of the file'}, {output: process.stderr}))
  }
  const parts: Buffer[] = []
  let size = 0
  for await (const part of stdin) {
    parts.push(Buffer.from(part))
    size += part.length
    if (size > longest) throw new Refusal('input-invalid', `What came on stdin is longer than ${longest} bytes.`)
  }
  return new Secret(
    Buffer.concat(parts)
      .toString('utf8')
      .replace(/\r?\n$/, ''),
  )
}
