import type {Duplex} from 'node:stream'

/** The head of an answer over http. */
export interface Head {
  readonly status: number
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>
}

const within = 5_000
const largest = 65_536

/** Asks for a page on an open connection and reads the answer's head; undefined when what comes is none, or nothing. */
export function headOver(socket: Duplex, {host, path}: {host: string; path: string}): Promise<Head | undefined> {
  return new Promise(resolve => {
    let got = Buffer.alloc(0)
    const end = () => {
      clearTimeout(late)
      socket.destroy()
      resolve(headIn(got.toString('latin1')))
    }
    const late = setTimeout(end, within)
    socket.on('data', part => {
      got = Buffer.concat([got, part])
      if (got.includes('\r\n\r\n') || got.length > largest) end()
    })
    for (const event of ['end', 'error', 'close']) socket.once(event, end)
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: selfhelp-scan\r\nConnection: close\r\n\r\n`)
  })
}

function headIn(text: string): Head | undefined {
  const [first = '', ...lines] = text.split('\r\n\r\n')[0]?.split('\r\n') ?? []
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1])
  if (!status) return undefined
  const headers = lines.map(line => /^([^:]+):\s*(.*)$/.exec(line)).filter(match => match !== null)
  return {status, headers: new Map(headers.map(([, name = '', value = '']) => [name.toLowerCase(), value.trim()]))}
}
