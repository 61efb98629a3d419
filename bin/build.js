#!/usr/bin/env node
// Bundles every command into dist/ (shared code split out once) and writes oclif.manifest.json.
import {globSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {build} from 'esbuild'

process.chdir(new URL('..', import.meta.url).pathname)

// Small ones are read at every start and are faster in one file; the others are loaded when a command needs them.
const bundled = new Set(['@oclif/core', 'chalk', 'temporal-polyfill', 'zod', 'yaml', 'croner', 'eta'])
const {dependencies} = JSON.parse(readFileSync('package.json', 'utf8'))

// What CommonJS packages expect to find when they are bundled as a module.
const commonJs = `import {createRequire as $createRequire} from 'node:module'
const require = $createRequire(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname`

rmSync('dist', {recursive: true, force: true})
const {metafile} = await build({
  entryPoints: ['src/cli/main.ts', 'src/cli/not-found.ts', ...globSync('commands/**/*.ts')],
  outbase: '.',
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // The bundler of the runtime, loaded by `release build`.
  external: ['typescript', 'esbuild', ...Object.keys(dependencies).filter(name => !bundled.has(name))],
  banner: {js: commonJs},
  sourcemap: 'linked',
  sourcesContent: false,
  chunkNames: 'part/[name]-[hash]',
  metafile: true,
  logLevel: 'warning',
})
writeFileSync('dist/meta.json', JSON.stringify(metafile))

rmSync('oclif.manifest.json', {force: true})
const {Config, Plugin} = await import('@oclif/core')
const {root} = await Config.load(process.cwd())
const plugin = new Plugin({
  root,
  type: 'core',
  ignoreManifest: true,
  errorOnManifestCreate: true,
  respectNoCacheDefault: true,
})
await plugin.load()
// In one order, whatever the order of files on this disk.
const commands = Object.fromEntries(Object.entries(plugin.manifest.commands).sort(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync('oclif.manifest.json', `${JSON.stringify({...plugin.manifest, commands}, undefined, 2)}\n`)
