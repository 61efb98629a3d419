import {createReadStream} from 'node:fs'
import {Refusal} from '../error.ts'
import type {Contract} from './model.ts'
import {largest, readContract} from './read.ts'

/** The contract in that file. Throws `Refusal('input-invalid')` with all problems at once. */
export async function contractIn(file: string): Promise<Contract> {
  return readContract(await bytesOf(file), file)
}

async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    // One byte more than allowed tells that it is too large, however large it is.
    const parts: Buffer[] = []
    for await (const part of createReadStream(file, {end: largest})) parts.push(part as Buffer)
    return Buffer.concat(parts)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Refusal('input-invalid', `The contract cannot be read: ${why}.`, {facts: {file}, cause})
  }
}
