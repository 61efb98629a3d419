import {setTimeout as sleep} from 'node:timers/promises'
import {connect} from 'node:tls'

/** What came of asking again and again. */
export interface Asked {
  readonly asked: number
  /** Each answer that none of ours gave, and each that never came. */
  readonly errors: readonly string[]
}

/** Asks for the first page on new connections, until told to end. Whose certificate it is counts elsewhere. */
export function loopOn(where: {address: string; hostname: string}): {end(): Promise<Asked>} {
  const errors: string[] = []
  let asked = 0
  let going = true
  const done = (async () => {
    while (going) {
      asked += 1
      const status = await statusOf(where).catch(error => String(error))
      if (typeof status === 'string' || status >= 500) errors.push(`${status} at ${asked}`)
      await sleep(50)
    }
  })()
  return {
    end: async () => {
      going = false
      await done
      return {asked, errors}
    },
  }
}

function statusOf({address, hostname}: {address: string; hostname: string}): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect({host: address, port: 443, servername: hostname, rejectUnauthorized: false, timeout: 60_000})
    let said = ''
    socket.once('secureConnect', () => socket.write(`GET / HTTP/1.1\r\nhost: ${hostname}\r\nconnection: close\r\n\r\n`))
    socket.setEncoding('latin1').on('data', part => {
      said += part
    })
    socket.once('error', reject).once('timeout', () => socket.destroy(new Error('timeout')))
    socket.once('close', () => {
      const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(said)?.[1])
      if (status) resolve(status)
      else reject(new Error(`no answer: ${said.slice(0, 100)}`))
    })
  })
}
