// A real SMTP server of its own process. Who a message is for says how it is treated; what was taken is appended to a file.
import {appendFileSync} from 'node:fs'
import {SMTPServer, type SMTPServerOptions} from 'smtp-server'
import type {MailServerGiven} from './mail-server.ts'

const {
  file,
  key,
  cert,
  secure = false,
  starttls = true,
  account,
}: MailServerGiven & {file: string} = JSON.parse(process.argv[2] ?? '{}')
const seen = new Set<string>()
const reply = (code: number, text: string) => Object.assign(new Error(text), {responseCode: code})

const options: SMTPServerOptions = {
  secure,
  ...(key && cert ? {key, cert} : {}),
  disabledCommands: [...(starttls ? [] : ['STARTTLS']), ...(account ? [] : ['AUTH'])],
  authOptional: !account,
  logger: false,
  onAuth: ({username, password}, _, done) =>
    username === account?.user && password === account?.password
      ? done(null, {user: username})
      : done(reply(535, 'who are you')),
  onRcptTo: ({address}, _, done) => {
    if (address.startsWith('gone')) return done(reply(550, 'no such person'))
    if (address.startsWith('grey') && !seen.has(address)) {
      seen.add(address)
      return done(reply(451, 'greylisted, come again'))
    }
    done()
  },
  onData: (stream, session, done) => {
    let text = ''
    stream.setEncoding('utf8').on('data', chunk => {
      text += chunk
    })
    stream.on('end', () => {
      const to = session.envelope.rcptTo[0]?.address ?? ''
      if (to.startsWith('spam')) return done(reply(554, 'looks like spam'))
      if (to.startsWith('full')) return done(reply(452, 'no room'))
      appendFileSync(file, `${JSON.stringify({to, text, secure: session.secure, user: session.user})}\n`)
      // The socket is the only way to be silent: it took the message and says nothing.
      if (to.startsWith('cut')) return process.kill(process.pid, 'SIGKILL')
      done()
    })
  },
}

// It ends with whoever started it.
process.stdin.on('end', () => process.exit()).resume()

const server = new SMTPServer(options)
server.on('error', () => {})
server.listen(0, '127.0.0.1', () => {
  const address = server.server.address()
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`)
})
