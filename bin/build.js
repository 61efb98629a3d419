#!/usr/bin/env node
// Bundles every command into dist/ (shared code split out once) and writes oclif.manifest.json.
// Both come into place whole: `dist` is a link to `dist.<hash of the build>`, replaced by a rename, so a process goes on
// with the build it began with. Any number of builds may go on at once.
import {createHash} from 'node:crypto'
import * as fs from 'node:fs'
import {dirname, join, relative} from 'node:path'
import {build} from 'esbuild'

process.chdir(new URL('..', import.meta.url).pathname)

// What commands load is faster out of few files; `pg` is one copy, because who gives DBOS its pool brings it too.
const bundled = new Set([
  ...['@oclif/core', 'chalk', 'temporal-polyfill', 'zod', 'yaml', 'croner', 'eta', 'rrule-temporal'],
  ...['pg', 'ssh2', '@dbos-inc/dbos-sdk', '@peculiar/asn1-ocsp', '@peculiar/asn1-schema', '@peculiar/asn1-x509'],
])
// What these may find beside themselves and do without: nobody installs it here.
const besides = ['pg-native', 'cpu-features', '*.node', 'winston', 'winston-transport', '@opentelemetry/*']
const pjson = JSON.parse(fs.readFileSync('package.json', 'utf8'))
// Imported, a module of Node itself has all its exports read, and so loads what nobody asked for; required, it has not.
const builtins = {
  name: 'builtins',
  setup({onResolve, onLoad}) {
    onResolve({filter: /^node:/}, ({path, kind}) => (kind === 'import-statement' ? {path, namespace: 'builtin'} : null))
    onLoad({filter: /^node:/, namespace: 'builtin'}, ({path}) => ({
      contents: `module.exports = process.getBuiltinModule('${path}')`,
    }))
  },
}
// oclif asks whether this is Linux inside Windows, where we do not run, with a package that asks much of the machine.
const elsewhere = {
  name: 'elsewhere',
  setup({onLoad}) {
    onLoad({filter: /node_modules\/wsl-utils\/index\.js$/}, () => ({contents: 'export const isWsl = false'}))
  },
}
// How long a build that was replaced stays for the processes that began with it.
const keptMilliseconds = 3_600_000

const made = put(await bundle())
const manifest = await manifestOf(made)
link(made)
const written = fs.existsSync('oclif.manifest.json') && fs.readFileSync('oclif.manifest.json', 'utf8')
if (written !== manifest) replace('oclif.manifest.json', beside => fs.writeFileSync(beside, manifest))
sweep(made)

/** Every file of the build, by its path below dist/. */
async function bundle() {
  // What CommonJS packages expect to find when they are bundled as a module.
  const commonJs = `import {createRequire as $createRequire} from 'node:module'
const require = $createRequire(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname`
  const {metafile, outputFiles} = await build({
    entryPoints: ['src/cli/main.ts', 'src/cli/not-found.ts', ...fs.globSync('commands/**/*.ts').sort()],
    absWorkingDir: process.cwd(),
    outbase: '.',
    outdir: 'dist',
    write: false,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // The bundler of the runtime, loaded by `release build`.
    external: [
      'typescript',
      'esbuild',
      ...besides,
      ...Object.keys(pjson.dependencies).filter(name => !bundled.has(name)),
    ],
    banner: {js: commonJs},
    plugins: [builtins, elsewhere],
    sourcemap: 'linked',
    sourcesContent: false,
    chunkNames: 'part/[name]-[hash]',
    metafile: true,
    logLevel: 'warning',
  })
  const files = outputFiles.map(({path, contents}) => [relative('dist', path), contents])
  return new Map([...files, ['meta.json', JSON.stringify(metafile)]])
}

/** Writes a build beside the others, under the name of its content; one that is there already is taken as it is. */
function put(files) {
  const hash = createHash('sha256')
  for (const [path, contents] of files) hash.update(`${path}\0${contents.length}\0`).update(contents)
  const folder = `dist.${hash.digest('hex').slice(0, 12)}`
  if (fs.existsSync(folder)) touch(folder)
  else {
    const beside = `${folder}.${process.pid}`
    for (const [path, contents] of files) {
      fs.mkdirSync(dirname(join(beside, path)), {recursive: true})
      fs.writeFileSync(join(beside, path), contents)
    }
    try {
      fs.renameSync(beside, folder)
    } catch (thrown) {
      // Another build of the same was faster.
      fs.rmSync(beside, {recursive: true})
      if (!fs.existsSync(folder)) throw thrown
    }
  }
  return folder
}

/** The manifest of the commands in this build, as it will be read when `dist` is it. */
async function manifestOf(folder) {
  const {Config, Plugin} = await import('@oclif/core')
  const {root} = await Config.load(process.cwd())
  const oclif = {...pjson.oclif, commands: `./${folder}/commands`}
  const plugin = new Plugin({
    root,
    pjson: {...pjson, oclif},
    isRoot: true,
    type: 'core',
    ignoreManifest: true,
    errorOnManifestCreate: true,
    respectNoCacheDefault: true,
  })
  await plugin.load()
  // In one order, whatever the order of files on this disk.
  const sorted = Object.entries(plugin.manifest.commands).sort(([a], [b]) => (a < b ? -1 : 1))
  const placed = sorted.map(([id, command]) => [id, {...command, relativePath: command.relativePath.with(0, 'dist')}])
  return `${JSON.stringify({...plugin.manifest, commands: Object.fromEntries(placed)}, undefined, 2)}\n`
}

/** Makes a file or a link beside, then puts it in place at once. */
function replace(path, make) {
  const beside = `${path}.${process.pid}.new`
  fs.rmSync(beside, {force: true})
  make(beside)
  fs.renameSync(beside, path)
}

/** Makes a build the current one. */
function link(folder) {
  const before = fs.lstatSync('dist', {throwIfNoEntry: false})
  // Where an older builder left a folder, no rename can replace it.
  if (before?.isDirectory()) fs.renameSync('dist', `dist.${process.pid}.before`)
  if (before?.isSymbolicLink()) touch(fs.readlinkSync('dist'))
  replace('dist', beside => fs.symlinkSync(folder, beside))
}

/** The time of a build's folder is when it was last the current one. */
function touch(folder) {
  const now = new Date()
  if (fs.existsSync(folder)) fs.utimesSync(folder, now, now)
}

/** Takes away builds that were replaced long ago, and what dead builders left. */
function sweep(current) {
  for (const path of fs.globSync('dist.*')) {
    const at = fs.lstatSync(path, {throwIfNoEntry: false})?.mtimeMs ?? 0
    if (path !== current && Date.now() - at > keptMilliseconds) fs.rmSync(path, {recursive: true, force: true})
  }
}
