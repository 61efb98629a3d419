import {existsSync} from 'node:fs'
import {setTimeout} from 'node:timers/promises'

/** Resolves as soon as the file is there; a test that waits in vain ends by its own limit. */
export async function there(file: string): Promise<void> {
  while (!existsSync(file)) await setTimeout(20)
}
