// A certificate's life under a clock that is moved: nothing is called, the rows of the schedule and a worker do it all.
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import t, {type Test} from 'tap'
import {Temporal} from 'temporal-polyfill'
import type {Issued} from '../../../src/ca/model.ts'
import {certificateDeliver} from '../../../src/certificate/deliver.ts'
import {renewalAt} from '../../../src/certificate/due.ts'
import {certificateIssue} from '../../../src/certificate/issue.ts'
import {certificateTend, type DueRun} from '../../../src/certificate/renew.ts'
import {tendSchedule} from '../../../src/certificate/steps.ts'
import type {Platform} from '../../../src/environment/steps.ts'
import {Failure} from '../../../src/error.ts'
import {servedCertificate} from '../../../src/ledger/certificate-life.ts'
import {renewals} from '../../../src/ledger/renewal.ts'
import {requeueRun, runs} from '../../../src/ledger/run.ts'
import {putSchedule, settle} from '../../../src/ledger/schedule.ts'
import type {Runbook} from '../../../src/runbook/model.ts'
import {requestRun} from '../../../src/runbook/request.ts'
import {work} from '../../../src/runbook/worker.ts'
import {tick} from '../../../src/schedule/tick.ts'
import {certifying, edge} from '../../support/certificate-trials.ts'
import {asAnn, testKernel} from '../../support/kernel.ts'
import {freshLedger} from '../../support/ledger.ts'
import {standing} from '../../support/tenant-trials.ts'
import {putSites, tenantWorldOn} from '../../support/tenant-world.ts'

t.setTimeout(300_000)
const [name, edition] = ['acme.ezvsaas.test', 'acme-edition.ezvsaas.test']
const quarter = {minutes: 15}

/** A control plane with one tenant, whose time is ours to move. */
async function centre(t: Test) {
  const folder = mkdtempSync(join(tmpdir(), 'selfhelp-life-'))
  const ledger = await freshLedger(t)
  await putSites(ledger)
  const world = tenantWorldOn(ledger, {keys: folder})
  const started = Temporal.Now.instant().round({smallestUnit: 'hour', roundingMode: 'ceil'})
  let now = started
  const clock = {now: () => now, sleep: () => new Promise<void>(done => setTimeout(done, 20))}
  await standing(world)
  let refusing: (() => Failure) | undefined
  const platform: Platform = authorityOf({...world.platform, clock}, () => refusing?.())
  const make = booksOn(platform, async due => {
    const run = await requestRun(kernel, {runbook: await make(due.runbook), input: due.input, by: asAnn, detach: true})
    await requeueRun(ledger, run.id)
  })
  const kernel = {...testKernel(ledger, []), clock, runbooks: make}
  await putSchedule(ledger, tendSchedule)
  const soon = new AbortController()
  const interruption = {soon: soon.signal, now: new AbortController().signal}
  const working = work(kernel, {interruption, concurrency: 4, tell: () => {}})
  t.teardown(async () => {
    soon.abort()
    await working
    rmSync(folder, {recursive: true})
  })
  const busy = async () => (await runs(ledger)).some(({state}) => state === 'queued' || state === 'running')
  const quiet = async () => {
    while (await busy()) await new Promise(done => setTimeout(done, 25))
  }
  return {
    ledger,
    refuse: (why: (() => Failure) | undefined) => {
      refusing = why
    },
    /** It is then; the scheduler was there all the time before, and now it ticks. */
    async at(then: Temporal.Instant): Promise<void> {
      now = then
      const last = then.round({smallestUnit: 'minute', roundingIncrement: 15, roundingMode: 'floor'}).subtract(quarter)
      await settle(ledger, {schedule: tendSchedule.name, instant: last, state: 'missed', run: undefined})
      await tick({kernel, sign: ({run}) => asAnn(run), tell: text => t.comment(text)})
      // What a run queued is there before that run has ended.
      await quiet()
    },
    served: async (hostname: string) => (await servedCertificate(ledger, hostname))?.fingerprint,
    life: async (hostname: string) => (await renewals(ledger)).find(row => row.hostname === hostname),
    urgency: async () => {
      const events = await ledger.all<{detail: {urgency: string}}>`
        select detail from event where closed_at is null and kind = 'certificate-renewal-failing' and subject = ${name}`
      return events.map(({detail}) => detail.urgency)
    },
  }
}

function booksOn(platform: Platform, enqueue: (due: DueRun) => Promise<void>) {
  const ask = async () => {
    throw new RangeError('nobody names a responder')
  }
  const delivering = {platform, outside: () => edge(platform), ask}
  const {ledger, clock} = platform
  return async (id: string): Promise<Runbook> => {
    if (id === 'certificate-tend') return certificateTend({ledger, clock, enqueue}) as Runbook
    return (id === 'certificate-issue' ? certificateIssue(delivering) : certificateDeliver(delivering)) as Runbook
  }
}

/** Certificates live 90 days; while it refuses, it gives none. */
function authorityOf(platform: Platform, refuses: () => Failure | undefined): Platform {
  const good = certifying(platform)
  return {
    ...good,
    authority: async () => {
      const authority = await good.authority()
      const issue: typeof authority.issue = async (asked): Promise<Issued> => {
        const why = refuses()
        if (why) throw why
        return authority.issue(asked)
      }
      return {...authority, issue}
    },
  }
}

t.test(
  'the schedule renews each name at its own instant, backs off, waits as told, and tells somebody in time',
  async t => {
    const {ledger, at, refuse, served, life, urgency} = await centre(t)
    // As certificates that lived a while: both ended together, which is what jitter is for.
    const first = await life(name)
    const last = await life(edition)
    if (!first || !last) throw new Error('both names have a certificate')
    const [early, late] = [first, last].toSorted((a, b) => Temporal.Instant.compare(renewalAt(a), renewalAt(b)))
    if (!early || !late) throw new Error('both names have an instant')
    const [before, after] = [await served(early.hostname), await served(late.hostname)]

    await t.test('nobody renews before a third of its life is left', async t => {
      await at(renewalAt(early).subtract({hours: 1}))
      t.same([await served(early.hostname), await served(late.hostname)], [before, after])
    })

    await t.test('the one whose instant has come is renewed, and the other is not', async t => {
      await at(renewalAt(early).add(quarter))
      t.not(await served(early.hostname), before)
      t.equal(await served(late.hostname), after)
      await at(renewalAt(late).add(quarter))
      t.not(await served(late.hostname), after)
    })

    const again = await life(name)
    if (!again) throw new Error('it is served')
    const due = renewalAt(again).add(quarter)
    const tries = async () => (await life(name))?.failures ?? 0

    await t.test('one that fails is tried again after 15, then 30, then 60 minutes', async t => {
      refuse(() => new Failure('authority-failed', 'It answers nonsense.'))
      const seen: number[] = []
      for (const minutes of [0, 15, 30, 45, 105]) {
        await at(due.add({minutes}))
        seen.push(await tries())
      }
      t.same(seen, [1, 2, 2, 3, 4])
      t.same(await urgency(), [], 'there is time')
    })

    await t.test('an authority that says when is not asked before', async t => {
      const from = due.add({hours: 12})
      const notBefore = from.add({hours: 30})
      refuse(() => new Failure('authority-busy', 'Later.', {facts: {notBefore: notBefore.toString()}}))
      await at(from)
      t.equal(await tries(), 5)
      await at(notBefore.subtract(quarter))
      t.equal(await tries(), 5, 'also when the pause is over')
      await at(notBefore)
      t.equal(await tries(), 6)
    })

    await t.test(
      'it is told at a half, a quarter and an eighth of what was left, and settled when it is renewed',
      async t => {
        refuse(() => new Failure('authority-failed', 'It answers nonsense.'))
        const {notBefore, notAfter} = again
        const lead = (notAfter.epochMilliseconds - notBefore.epochMilliseconds) / 3
        for (const [share, word] of [
          [0.49, 'half'],
          [0.24, 'quarter'],
          [0.12, 'eighth'],
        ] as const) {
          await at(notAfter.subtract({milliseconds: Math.round(lead * share)}))
          t.same(await urgency(), [word])
        }
        const was = await served(name)
        refuse(undefined)
        const then = notAfter.subtract({milliseconds: Math.round(lead * 0.05)})
        await at(then)
        t.not(await served(name), was)
        await at(then.add({minutes: 15}))
        t.same(await urgency(), [])
        t.equal(await tries(), 0)
        t.ok(
          (await runs(ledger)).some(({id}) => id.startsWith('sched/certificate-tend/')),
          'begun by the schedule',
        )
      },
    )
  },
)
