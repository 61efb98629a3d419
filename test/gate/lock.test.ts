import {readFileSync} from 'node:fs'
import t from 'tap'

interface Package {
  readonly integrity?: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const lock: {packages: Record<string, Package>} = JSON.parse(
  readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'),
)

/** Where node would look for a package from that folder, nearest first. */
function places(folder: string, name: string): string[] {
  const at = folder.lastIndexOf('/node_modules/')
  const here = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`
  if (folder === '') return [here]
  return [here, ...places(at === -1 ? '' : folder.slice(0, at), name)]
}

t.test('npm ci accepts the lockfile: packages for other platforms stand in it too', async t => {
  const missing = Object.entries(lock.packages).flatMap(([folder, {optionalDependencies = {}}]) =>
    Object.keys(optionalDependencies).filter(name => !places(folder, name).some(place => place in lock.packages)),
  )
  t.same(missing, [], 'npm install drops what its registry has not got; add such entries by hand (version, os, cpu)')
})

t.test('the lockfile names no registry', async t => {
  t.notMatch(JSON.stringify(lock), /"resolved":/)
})

t.test('every package that Debian could install is pinned by its hash', async t => {
  const elsewhere = /musl|android|darwin|win32|freebsd|openharmony|gnueabihf|ppc64|riscv64|s390x/
  const open = Object.entries(lock.packages).filter(
    ([folder, {integrity}]) => folder !== '' && integrity === undefined && !elsewhere.test(folder),
  )
  t.same(
    open.map(([folder]) => folder),
    [],
  )
})
