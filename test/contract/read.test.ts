import {readFileSync} from 'node:fs'
import t from 'tap'
import {checkedContract, readContract} from '../../src/contract/read.ts'

interface Case {
  readonly name: string
  readonly replace?: readonly [string, string]
  readonly append?: string
  readonly prepend?: string
  readonly whole?: string
  readonly times?: number
  readonly indent?: number
  readonly base64?: string
  /** The paths of the problems, each at least once and no other; `*` allows any. */
  readonly paths: readonly string[]
  readonly says?: string
  readonly line?: number
}

const acme = readFileSync(new URL('../../examples/acme.yaml', import.meta.url), 'utf8')
const cases: readonly Case[] = JSON.parse(readFileSync(new URL('../case/contract/bad.json', import.meta.url), 'utf8'))

t.test('the reference contract is valid', async t => {
  const contract = readContract(Buffer.from(acme), 'acme.yaml')
  t.match(contract, {tenant: 'acme', environments: {qualification: {topology: 'single'}}, residency: ['FR']})
})

t.test('there are bad contracts of every kind', async t => {
  t.ok(cases.length >= 40, `${cases.length} of them`)
  t.equal(new Set(cases.map(({name}) => name)).size, cases.length, 'no two alike')
})

for (const bad of cases) {
  t.test(`not a contract: ${bad.name}`, async t => {
    const began = performance.now()
    const {problems} = checkedContract(bytesOf(bad))
    const took = performance.now() - began
    const found = problems.map(({path}) => path)
    t.ok(problems.length > 0, 'it is refused')
    if (!bad.paths.includes('*')) t.same([...new Set(found)].sort(), [...bad.paths].sort(), 'at its place')
    for (const {line, column, expected, remedy} of problems) t.ok(line > 0 && column > 0 && expected && remedy)
    if (bad.says)
      t.ok(
        problems.some(({expected}) => new RegExp(bad.says as string).test(expected)),
        bad.says,
      )
    if (bad.line) t.equal(problems[0]?.line, bad.line)
    t.ok(took < 20_000, `in time: ${Math.round(took)} ms`)
  })
}

t.test('all problems come at once, in the order of the file', async t => {
  const text = acme
    .replace('locale: fr', 'locale: de')
    .replace('[FR]', '[XX]')
    .replace('2029', '2019')
    .concat('more: 1\n')
  t.throws(() => readContract(Buffer.from(text), 'bad.yaml'), {code: 'input-invalid', exit: 2})
  const paths = checkedContract(Buffer.from(text)).problems.map(({path}) => path)
  t.same(paths, ['locale', 'end', 'residency[0]', 'more'])
})

t.test('nothing of a bad contract reaches the prototype of objects', async t => {
  checkedContract(Buffer.from(`${acme}__proto__: {admin: true}\n`))
  t.notOk('admin' in {})
})

function bytesOf({replace, append, prepend, whole, times, indent, base64}: Case): Uint8Array {
  if (base64) return Buffer.from(base64, 'base64')
  if (whole !== undefined) return Buffer.from(whole.repeat(times ?? 1))
  if (indent) return Buffer.from(Array.from({length: indent}, (_, at) => `${' '.repeat(at)}a:\n`).join(''))
  if (replace && !acme.includes(replace[0])) throw new Error(`acme.yaml does not contain ${replace[0]}`)
  const replaced = replace ? acme.replace(replace[0], () => replace[1]) : acme
  return Buffer.from(`${prepend ?? ''}${replaced}${append ?? ''}`)
}
