import {execFile, spawn} from 'node:child_process'
import {once} from 'node:events'
import {copyFileSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {basename, dirname, join} from 'node:path'
import {createInterface} from 'node:readline'
import {promisify} from 'node:util'
import {contractIn} from '../src/contract/steps.ts'
import type {Environment} from '../src/environment/model.ts'
import {services} from '../src/environment/wanted.ts'
import {readControlKey} from '../src/host/control-key.ts'
import {openLedger} from '../src/ledger/open.ts'
import {secretStore} from '../src/ledger/secret-store.ts'
import {deployable} from '../src/release/steps.ts'
import {packageRoot} from '../src/root.ts'
import {keyFileOf} from '../src/secret/key-file.ts'
import type {Centre} from '../test/support/centre.ts'
import {prepared, typed} from './centre.ts'
import {type Compared, compare, median, type Side} from './pairs.ts'

const version = '0.1.0'
const id = 'ebench2'
const goal = 1.25

/** One environment on a prepared host, by `tenant create` and by hand; each is removed after it was timed. */
export async function tenantCreate({pairs}: {pairs: number}): Promise<Compared[]> {
  await using centre = await prepared(1)
  const {cmc} = centre
  await typed(cmc, 'release', 'build')
  const contract = join(dirname(cmc.home), 'acme.yaml')
  writeFileSync(contract, oneEnvironment(readFileSync(join(packageRoot(), 'examples/acme.yaml'), 'utf8')))
  const steps = new Map<string, number[]>()
  const marks = new Map<string, number[]>()
  const peer = byHand(await laidOut(cmc, (await contractIn(contract)).legalName), marks)
  const result = await compare({name: 'tenant create', ours: byUs(cmc, contract, steps), peer, atMost: goal, pairs})
  print('selfhelp, from the end of one step to the next', steps)
  print('bash, from the end of one mark to the next', marks)
  return [result]
}

/** The reference contract with production only, at one site. */
function oneEnvironment(text: string): string {
  return text.replace(/^ +qualification.*\n/m, '').replace(', secondary: south', '')
}

function byUs(cmc: Centre, contract: string, steps: Map<string, number[]>): Side {
  return {
    name: 'selfhelp tenant create',
    async run() {
      const began = performance.now()
      let last = began
      const until = (what: string) => {
        const now = performance.now()
        add(steps, what, (now - last) / 1000)
        last = now
      }
      const argv = [join(packageRoot(), 'bin/selfhelp'), 'tenant', 'create', 'acme', '--contract', contract]
      await heard(argv, {PATH: process.env.PATH, SELFHELP_HOME: cmc.home}, line => {
        const [, step, how] = /^\d+\/\d+ (\S+): (done|was so already)/.exec(line) ?? []
        if (step && how) until(step)
      })
      until('(end)')
      const took = last - began
      await typed(cmc, 'tenant', 'remove', 'acme', '--confirm', 'acme')
      return took
    },
  }
}

function byHand(env: NodeJS.ProcessEnv, marks: Map<string, number[]>): Side {
  const script = (verb: string) => said([join(packageRoot(), 'bench/tenant-create.sh'), verb], env)
  return {
    name: 'bash over one connection',
    async run() {
      const began = Date.now()
      const from = performance.now()
      const out = await script('create')
      const took = performance.now() - from
      let last = began / 1000
      for (const [, at, mark = ''] of out.matchAll(/^([\d.]+) (\S+)$/gm)) {
        add(marks, mark, Number(at) - last)
        last = Number(at)
      }
      await script('remove')
      return took
    },
  }
}

/** Lays out what the script takes from its environment. */
async function laidOut(cmc: Centre, legalName: string): Promise<NodeJS.ProcessEnv> {
  const folder = join(dirname(cmc.home), 'peer')
  const at = (...names: string[]) => join(folder, ...names)
  for (const name of ['release', 'units', 'authority']) mkdirSync(at(name), {recursive: true})
  const {address, hostKey} = await cmc.host('north-1')
  writeFileSync(at('known-hosts'), `${address} ${hostKey}\n`)
  await layRelease(cmc, {identity: at('identity'), folder: at('release')})
  for (const wanted of services(environment(legalName)))
    if (wanted.kind === 'file' && /\.(?:service|socket)$/.test(wanted.path))
      writeFileSync(at('units', basename(wanted.path)), `${wanted.content}`)
  const root = ['-subj', '/CN=bench', '-keyout', at('authority/ca.key'), '-out', at('authority/ca.pem')]
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30']
  await promisify(execFile)('openssl', ['req', '-x509', ...key, ...root])
  const programs = join(packageRoot(), 'templates/program')
  const where = {RELEASE: at('release'), UNITS: at('units'), AUTHORITY: at('authority'), PROGRAMS: programs}
  const access = {ADDRESS: address, IDENTITY: at('identity'), KNOWN_HOSTS: at('known-hosts')}
  return {PATH: process.env.PATH, VERSION: version, ...where, ...access}
}

/** The control plane's own key to the host, and the same archive with its proofs. */
async function layRelease(cmc: Centre, {identity, folder}: {identity: string; folder: string}): Promise<void> {
  const {home} = cmc
  const ledger = await openLedger({home, env: {}})
  try {
    const secrets = secretStore(ledger, keyFileOf(home, {}))
    const {key} = await readControlKey(ledger, secrets)
    writeFileSync(identity, key.expose(), {mode: 0o600})
    const architecture = process.arch === 'arm64' ? 'arm64' : 'x64'
    const {wanted} = await deployable({ledger, secrets, home}, {version, architecture})
    copyFileSync(join(home, `releases/selfhelp-runtime-${version}-${architecture}.tar.gz`), join(folder, 'archive'))
    writeFileSync(join(folder, 'sums'), wanted.manifest)
    writeFileSync(join(folder, 'signature'), Buffer.from(wanted.signature, 'base64'))
    writeFileSync(join(folder, 'key'), wanted.publicKey)
  } finally {
    await ledger.close()
  }
}

function environment(legalName: string): Environment {
  return {
    ...{
      id,
      tenant: 'peer',
      legalName,
      locale: 'fr',
      timeZone: 'Europe/Paris',
      name: 'production',
      phase: 'installation',
      version,
    },
    ...{topology: 'single', domains: [], placed: [], address: '127.0.0.1'},
    hostnames: {presentation: 'peer.ezvsaas.test', edition: 'peer-edition.ezvsaas.test'},
    ports: {database: 20_999, presentation: 24_999, edition: 28_999},
  }
}

async function said(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const [file = '', ...words] = argv
  const child = spawn(file, words, {env, stdio: ['ignore', 'pipe', 'inherit']})
  let out = ''
  child.stdout.on('data', chunk => {
    out += chunk
  })
  const [exit] = await once(child, 'close')
  if (exit !== 0) throw new Error(`${argv.join(' ')} ended with ${exit}`)
  return out
}

/** Hears the lines of its stderr as they come; throws them when it does not exit 0. */
async function heard(argv: readonly string[], env: NodeJS.ProcessEnv, hear: (line: string) => void): Promise<void> {
  const [file = '', ...words] = argv
  const child = spawn(file, words, {env, stdio: ['ignore', 'ignore', 'pipe']})
  const closed = once(child, 'close')
  const lines: string[] = []
  for await (const line of createInterface({input: child.stderr})) {
    lines.push(line)
    hear(line)
  }
  const [exit] = await closed
  if (exit !== 0) throw new Error(`${argv.join(' ')} ended with ${exit}:\n${lines.join('\n')}`)
}

function add(times: Map<string, number[]>, name: string, seconds: number): void {
  times.set(name, [...(times.get(name) ?? []), seconds])
}

function print(title: string, times: ReadonlyMap<string, readonly number[]>): void {
  console.log(`    ${title} (median seconds)`)
  for (const [name, seconds] of times) console.log(`${median(seconds).toFixed(2).padStart(12)}  ${name}`)
}
