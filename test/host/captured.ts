import {readFileSync} from 'node:fs'

const text = readFileSync(new URL('case/preflight-debian-12.txt', import.meta.url), 'utf8')

/** What a real Debian 12 host answered to the preflight, and its clock then in seconds. */
export const captured = {text, clock: Number(/^clock (.*)$/m.exec(text)?.[1])}
