// The first stage of `npm test` and `npm run quickstart`: runs under Node 18 or later with nothing installed.
import {spawn} from 'node:child_process'
import {copyFileSync, existsSync, readFileSync, symlinkSync} from 'node:fs'
import {dirname, join, relative} from 'node:path'
import {fileURLToPath} from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const lock = join(root, 'package-lock.json')
const installed = join(root, 'node_modules/.selfhelp-lock')
const node = join(root, `node_modules/node-linux-${process.arch === 'arm64' ? 'arm64' : 'x64'}/bin/node`)

const linked = join(root, 'node_modules/.bin/node')

/** Installs the npm packages when the lockfile asks for others, then goes on under the project's own Node. */
export async function prepare() {
  const began = Date.now()
  if (!same(lock, installed) || !existsSync(node)) await install()
  if (process.execPath === node) return {began: Number(process.env.SELFHELP_BEGAN ?? began)}
  const PATH = `${join(root, 'node_modules/.bin')}:${process.env.PATH}`
  const env = {...process.env, PATH, SELFHELP_BEGAN: `${began}`}
  process.exit(await run(node, process.argv.slice(1), {env, stdio: 'inherit'}))
}

async function install() {
  const began = Date.now()
  const {isTTY} = process.stderr
  const tell = text => {
    const line = `npm packages: ${text} (${((Date.now() - began) / 1000).toFixed(0)} s)`
    process.stderr.write(isTTY ? `\r\x1b[2K${line}` : `${line}\n`)
  }
  if (!isTTY) process.stderr.write('npm packages …\n')
  const wanted = packages()
  const far = () => wanted.filter(folder => existsSync(join(root, folder, 'package.json'))).length
  const timer = setInterval(() => tell(`${far()} of ${wanted.length}`), isTTY ? 500 : 5000)
  const exit = await run('npm', ['ci', '--loglevel=error'], {cwd: root, stdio: ['ignore', 'ignore', 'inherit']})
  clearInterval(timer)
  tell(exit === 0 ? 'done' : 'npm ci failed')
  if (isTTY) process.stderr.write('\n')
  if (exit !== 0) process.exit(4)
  // The npm of Debian 12 links every program of a package but one called node.
  if (!existsSync(linked)) symlinkSync(relative(dirname(linked), node), linked)
  copyFileSync(lock, installed)
}

/** Where the lockfile puts the packages that this machine gets. */
function packages() {
  const fits = (list, own) => list === undefined || list.includes(own)
  const known = Object.entries(JSON.parse(readFileSync(lock, 'utf8')).packages)
  const fitting = ([folder, {os, cpu, libc}]) =>
    folder !== '' && fits(os, 'linux') && fits(cpu, process.arch) && fits(libc, 'glibc')
  return known.filter(fitting).map(([folder]) => folder)
}

/** The exit of a program; a signal to us ends it too. */
export function run(program, argv, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, argv, options)
    const hand = signal => child.kill(signal)
    process.once('SIGTERM', hand).on('SIGINT', () => {})
    child.once('error', reject).once('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)))
  })
}

function same(one, other) {
  return existsSync(other) && readFileSync(one).equals(readFileSync(other))
}
