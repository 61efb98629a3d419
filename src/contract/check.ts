import {bytesOf} from './document.ts'
import type {Contract} from './model.ts'
import {readContract} from './read.ts'

/** The contract in that file. Throws `Refusal('input-invalid')` with all problems at once. */
export async function contractIn(file: string): Promise<Contract> {
  return readContract(await bytesOf(file, 'contract'), file)
}
