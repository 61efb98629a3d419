// Each case is made by a local authority, given as files, and judged; what it must say stands in the JSON.
import {readFileSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {renewalManaged} from '../../src/ca/model.ts'
import {readBundle} from '../../src/certificate/bundle.ts'
import {judgeFiles} from '../../src/certificate/check.ts'
import {judge} from '../../src/certificate/judge.ts'
import {CodedError} from '../../src/error.ts'
import {packageRoot} from '../../src/root.ts'
import {Secret} from '../../src/secret/secret.ts'
import {type Case, defaultAt, filesOf} from './cases.ts'

const cases: Case[] = JSON.parse(readFileSync(join(packageRoot(), 'test/case/certificate/check.json'), 'utf8'))

t.test('there are at least fifty bad inputs among the cases, none of them twice', async t => {
  const bad = cases.filter(each => each.unreadable !== undefined || (each.refused?.length ?? 0) > 0)
  t.ok(bad.length >= 50, `${bad.length}`)
  t.equal(new Set(cases.map(({title}) => title)).size, cases.length)
})

for (const each of cases) {
  t.test(`${each.title}: ${each.unreadable ?? each.refused?.join(', ')}`, async t => {
    const asked = askedBy(each)
    t.teardown(() => rmSync(asked.folder, {recursive: true, force: true}))
    if (each.unreadable !== undefined) {
      const error = await judgeOf(each, asked).then(
        () => undefined,
        thrown => thrown,
      )
      t.ok(error instanceof CodedError && error.exit === 2, `${error}`)
      t.match(error.message, new RegExp(each.unreadable.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')))
      t.notMatch(JSON.stringify([error.message, error.facts]), /sesame|barley|PRIVATE KEY-/, 'and no secret in it')
      return
    }
    const {fits, findings, fitting, leaf} = await judgeOf(each, asked)
    const rules = (severity: string) =>
      [...new Set(findings.filter(one => one.severity === severity).map(({rule}) => rule))].toSorted()
    t.same(rules('refused'), [...(each.refused ?? [])].toSorted())
    t.same(rules('noted'), [...(each.noted ?? [])].toSorted())
    t.same(rules('derogated'), [...(each.derogated ?? [])].toSorted())
    t.equal(fits, each.refused?.length === 0)
    t.equal(fitting !== undefined, fits, 'what does not fit cannot be installed')
    for (const {sentence, remedy, source, subject} of findings) t.ok(sentence && remedy && source && subject)
    if (fitting) {
      t.equal(fitting.chain.match(/BEGIN/g)?.length, 2, 'leaf and intermediate are served')
      t.equal(fitting.fingerprint, leaf.fingerprint)
      t.match(fitting.key.expose(), /^-----BEGIN PRIVATE KEY-----/)
    }
  })
}

function askedBy(given: Case) {
  const at = given.at === undefined ? defaultAt : Temporal.Instant.from(given.at)
  const {folder, paths, root, leaf, roots} = filesOf(given, at)
  const typed = given.typed === undefined ? given.password : given.typed
  return {
    folder,
    root,
    leaf,
    asked: {
      files: paths,
      password: typed === null || typed === undefined ? undefined : new Secret(typed),
      name: given.for ?? 'help.acme.example',
      contractEnd: Temporal.PlainDate.from(given.contractEnd ?? '2027-05-30'),
      timeZone: 'UTC',
      roots,
      mostDays: given.mostDays,
      derogation: given.derogation === undefined ? undefined : renewalManaged(given.derogation),
      at,
    },
  }
}

/** As the command does it; where a public root or a used key is wanted, the judge is asked itself. */
async function judgeOf({public: open, used, mostDays}: Case, {root, asked}: ReturnType<typeof askedBy>) {
  if (!open && used === undefined) return judgeFiles(asked)
  const files = asked.files.map(path => ({name: path, bytes: readFileSync(path)}))
  const bundle = await readBundle(files, asked.password)
  const {name, contractEnd, timeZone, at} = asked
  return judge(bundle, {
    ...{name, contractEnd, timeZone, at},
    roots: open ? {public: [root.pem], contract: []} : {public: [], contract: [root.pem]},
    ...(mostDays === undefined ? {} : {mostDays}),
    ...(used === undefined ? {} : {usedKeys: new Map([[bundle.leaf.keyFingerprint, used]])}),
  })
}
