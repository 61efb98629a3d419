// The story that is told twice, and how a new runbook gets its chapter: test/support/crash-levels.ts.
import {readFileSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import t, {type Test} from 'tap'
import {connectLedger} from '../../src/ledger/connect.ts'
import {placeOf} from '../../src/ledger/place.ts'
import {packageRoot} from '../../src/root.ts'
import {type Centre, centre} from '../support/centre.ts'
import {levels} from '../support/crash-levels.ts'
import {effectsOn, factsOf} from '../support/host-facts.ts'
import {whyNoLab} from '../support/lab.ts'
import {diesOncePerStep} from '../support/lab-crash.ts'
import {application, must, prepared} from '../support/prepared.ts'
import {longest, seed} from '../support/seed.ts'
import {askedFor, type Told} from '../support/story.ts'

t.setTimeout(longest)
const why = await whyNoLab()
const host = 'north-1'
const chapters = levels.flatMap(({runbook, typed, renewed}) => (typed ? [{runbook, typed, renewed}] : []))

/** What was true after a run, and what it had done on the host. */
interface Chapter {
  readonly facts: readonly string[]
  readonly effects: Readonly<Record<string, number>>
}

t.test(
  'a tenant is the same whether each run on it was killed in every step or never',
  {skip: why ?? false, timeout: longest},
  async t => {
    t.comment(`SELFHELP_SEED=${seed}`)
    const cmc = await centre(t, '-crash', [{name: 'north', count: 1}])
    await must(cmc, 'init', '--operator', 'jane.doe@cmc.test')
    await prepared(cmc, {[host]: [...application, 'repository']})
    const undisturbed = await told(cmc, async run => void (await must(cmc, 'run', 'resume', run)))
    const killed = await told(cmc, run => diesOncePerStep(t, cmc, run))
    for (const [at, chapter] of chapters.entries()) compare(t, chapter, [undisturbed[at], killed[at]])
  },
)

type Chapters = (typeof chapters)[number]

function compare(t: Test, {runbook, renewed}: Chapters, [calm, hard]: readonly (Chapter | undefined)[]): void {
  t.strictSame(hard?.facts, calm?.facts, `${runbook}: facts are as after an undisturbed run`)
  const [done, should] = [ownOf(hard, renewed), ownOf(calm, renewed)]
  t.not(Object.keys(done).length, 0, `${runbook}: the host knows what was done`)
  t.strictSame(done, should, `${runbook}: the host did everything as often as in an undisturbed run`)
  const often = Object.entries(done).filter(([of, times]) => times > 1 && namesOneThing.test(of))
  t.strictSame(often, [], `${runbook}: each effect happened once`)
}

/** Of other actions the record does not tell one use from another: a signal, a request to a service, a shared folder. */
const namesOneThing = /^(?:put|remove|units|packages|useradd|release|nft|pg_\w+) /

/** What two environments of a host share may be put together once more, when both change at once. */
function ownOf(chapter: Chapter | undefined, renewed?: RegExp): Readonly<Record<string, number>> {
  const shared = /^(?:assemble|units \S+ haproxy)/
  return Object.fromEntries(
    Object.entries(chapter?.effects ?? {}).filter(([of]) => !shared.test(of) && !renewed?.test(of)),
  )
}

/** Tells the whole story, each of its runs followed in this way. */
async function told(cmc: Centre, follow: (run: string) => Promise<void>): Promise<readonly Chapter[]> {
  const names: Record<string, string> = {}
  const done: Chapter[] = []
  for (const {runbook, typed} of chapters) {
    if (runbook === 'farewell-expire') await letFarewellsExpire(cmc)
    const run = await askedFor(typed, tellingOf(cmc))
    names[run] = `RUN-${runbook}`
    await follow(run)
    const {answer} = await cmc.json('environment', 'list')
    for (const {id, name} of answer.items) names[id] = name.replace('/', '-').toUpperCase()
    done.push({facts: await factsOf(cmc, host, names), effects: await effectsOn(cmc, {host, run, names})})
    await must(cmc, 'host', 'drift', '--all')
    if (answer.items.length > 0) await must(cmc, 'environment', 'drift')
  }
  return done
}

/** The reference contract at one site, with these environments. */
function tellingOf(cmc: Centre): Told {
  const text = readFileSync(join(packageRoot(), 'examples/acme.yaml'), 'utf8').replace(/, secondary: south/, '')
  const contract = (legalName: string, ...environments: readonly string[]) => {
    const file = join(dirname(cmc.home), 'acme.yaml')
    const all = environments.map(name => `${name}: {topology: single}`).join(', ')
    const named = text.replace(/^legalName: .*$/m, `legalName: ${legalName}`)
    writeFileSync(file, named.replace(/^environments:\n(?: +.*\n)+/m, `environments: {${all}}\n`))
    return file
  }
  return {cmc, contract}
}

async function letFarewellsExpire({home}: Centre): Promise<void> {
  const address = {kind: 'private', place: placeOf(home, {}), database: 'selfhelp'} as const
  const owner = await connectLedger(address, 'owner')
  await owner.all`update farewell set expires_at = now() - interval '1 minute'`
  await owner.close()
}
