// Runs the named gates (all when none is named), two at a time, and says how long each took.
import {spawn} from 'node:child_process'
import {once} from 'node:events'

// What they make and drop is most of their memory: collecting it costs a tenth of their time.
const env = {...process.env, NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --max-semi-space-size=64`.trim()}
// The tests take longest and use what processors the others leave.
const gates = ['fast', 'types', 'lint', 'boundaries', 'dead']
const wanted = process.argv.length > 2 ? process.argv.slice(2) : gates
const queue = [...wanted]
const red = []

async function run(gate) {
  const began = performance.now()
  const child = spawn('npm', ['run', '--silent', gate], {env, stdio: ['ignore', 'pipe', 'pipe']})
  let said = ''
  child.stdout.on('data', chunk => (said += chunk))
  child.stderr.on('data', chunk => (said += chunk))
  const [exit] = await once(child, 'close')
  if (exit !== 0) red.push(gate)
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  process.stdout.write(`${exit === 0 ? '' : faults(said)}${exit === 0 ? 'ok ' : 'RED'} ${gate} ${seconds} s\n`)
}

async function lane() {
  for (let gate = queue.shift(); gate !== undefined; gate = queue.shift()) await run(gate)
}

await Promise.all([lane(), lane()])
if (red.length > 0) {
  process.stdout.write(`red: ${red.join(', ')}\n`)
  process.exitCode = 1
}

/** What a red gate said, without what was well. */
function faults(said) {
  const lines = said.split('\n').filter(line => line.trim() !== '' && !/^ *(?:ok \d|1\.\.\d|# )/.test(line))
  return `${lines.join('\n')}\n`
}
