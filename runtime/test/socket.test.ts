import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {createServer} from 'node:net'
import {resolve} from 'node:path'
import {createInterface} from 'node:readline'
import t from 'tap'
import {inheritedSocket} from '../src/serve.ts'
import {startPostgres, withoutDatabase} from './support/database.ts'
import {runCommand, writeConfig} from './support/runtime.ts'

t.test('a socket counts only when it was handed to this very process', async t => {
  t.strictSame(inheritedSocket({LISTEN_PID: '7', LISTEN_FDS: '1'}, 7), {fd: 3})
  t.equal(inheritedSocket({LISTEN_PID: '8', LISTEN_FDS: '1'}, 7), undefined)
  t.equal(inheritedSocket({LISTEN_FDS: '1'}, 7), undefined)
  t.equal(inheritedSocket({}, 7), undefined)
  const env = {LISTEN_PID: '8', LISTEN_FDS: '1', LISTEN_FDNAMES: 'x', PATH: '/bin'}
  inheritedSocket(env, 7)
  t.strictSame(env, {PATH: '/bin'}, 'nobody we start takes it for theirs')
})

/** Holds a port and starts the service with it, again at each line on stdin: what a socket unit does. */
const holder = `
  use IO::Socket::INET; use POSIX 'dup2';
  $^F = 10;
  my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 64) or die;
  $| = 1; print "port ", $socket->sockport, "\\n";
  for (;;) {
    my $pid = fork;
    if (!$pid) {
      dup2(fileno $socket, 3);
      @ENV{'LISTEN_PID', 'LISTEN_FDS'} = ($$, 1);
      exec @ARGV;
    }
    print "pid $pid\\n"; waitpid $pid, 0; print "gone 0\\n";
    defined <STDIN> or exit 0;
  }`

t.test(
  'the port is held while the service restarts: nobody else gets it, and who asked meanwhile is answered',
  {skip: withoutDatabase},
  async t => {
    const database = await (await startPostgres(t))()
    const config = writeConfig(t, {role: 'presentation', database})
    runCommand(['migrate', '--config', config])
    const main = resolve(import.meta.dirname, '../src/main.ts')
    const service = [process.execPath, main, 'serve', '--config', config]
    const child = spawn('perl', ['-e', holder, ...service], {stdio: ['pipe', 'pipe', 'inherit']})
    t.teardown(() => child.kill('SIGKILL'))
    const lines = createInterface({input: child.stdout})[Symbol.asyncIterator]()
    const next = async (word: string): Promise<string> => {
      for (;;) {
        const {value, done} = await lines.next()
        if (done || (value.startsWith('gone') && word !== 'gone')) throw new Error(`it ended before ${word}: ${value}`)
        if (value.includes(word)) return value.split(' ')[1] ?? ''
      }
    }
    const port = Number(await next('port '))
    const ask = () => fetch(`http://127.0.0.1:${port}/healthz`).then(({status}) => status)
    const pid = Number(await next('pid '))
    await next('"listening"')
    t.equal(await ask(), 200)
    process.kill(pid, 'SIGKILL')
    await next('gone')
    const squatter = createServer().listen(port, '127.0.0.1')
    t.match(await once(squatter, 'error').catch(error => [error]), [{code: 'EADDRINUSE'}])
    const asked = ask()
    child.stdin.write('\n')
    const again = Number(await next('pid '))
    t.equal(await asked, 200, 'who asked between two processes is answered by the second')
    process.kill(again, 'SIGTERM')
    await next('gone')
    child.stdin.end()
  },
)
