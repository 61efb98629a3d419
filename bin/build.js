#!/usr/bin/env node
// Bundles every command into dist/ (shared code split out once) and writes oclif.manifest.json.
import {globSync, rmSync, writeFileSync} from 'node:fs'
import {Config, Plugin} from '@oclif/core'
import {build} from 'esbuild'

process.chdir(new URL('..', import.meta.url).pathname)
rmSync('dist', {recursive: true, force: true})
await build({
  entryPoints: globSync('commands/**/*.ts'),
  outbase: '.',
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  packages: 'external',
  sourcemap: 'linked',
  sourcesContent: false,
  chunkNames: 'part/[name]-[hash]',
  logLevel: 'warning',
})

rmSync('oclif.manifest.json', {force: true})
const {root} = await Config.load(process.cwd())
const plugin = new Plugin({
  root,
  type: 'core',
  ignoreManifest: true,
  errorOnManifestCreate: true,
  respectNoCacheDefault: true,
})
await plugin.load()
writeFileSync('oclif.manifest.json', `${JSON.stringify(plugin.manifest, undefined, 2)}\n`)
