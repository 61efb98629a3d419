import {Temporal} from 'temporal-polyfill'
import {runJob} from '../backup/steps.ts'
import {type Environment, fullName} from '../environment/model.ts'
import {type Platform, smoke} from '../environment/steps.ts'
import {Failure, Refusal} from '../error.ts'
import {hostLock} from '../host/model.ts'
import {insertPatch, patchOf, putPatch} from '../ledger/patch.ts'
import {program} from '../render/render.ts'
import type {At, Undo} from '../runbook/model.ts'
import type {Fact} from '../runbook/step.ts'
import {changedPackages, packagesIn, type Upgrade} from './packages.ts'

export interface PatchInput {
  readonly plan: string
  readonly host: string
  /** Ids of the operations of that plan, and the environments they are about. */
  readonly operations: readonly string[]
  readonly environments: readonly {readonly id: string; readonly name: string}[]
  /** Only what comes from a source of security updates. */
  readonly securityOnly: boolean
}

export interface Patching {
  readonly platform: Platform
  readonly input: PatchInput
}

/** A program of ours on the host, as a job that outlives its connection. */
async function ran({platform, input}: Patching, [name, ...words]: readonly [string, ...string[]], at: At) {
  const machine = await platform.machine(input.host)
  return runJob(machine, {
    name: `${at.run} ${name}`,
    user: 'root',
    anew: true,
    argv: ['sh', '-c', program(`${name}.sh`), name, ...words],
    fence: at.fence(hostLock(input.host)),
    signal: at.signal,
  })
}

/** What is installed, and what the sources have that is newer; those for security apart. */
export function listed(work: Patching): Fact {
  const {platform, input} = work
  const {ledger, clock} = platform
  return {
    holds: async at => (await patchOf(ledger, at.run)) !== undefined,
    make: async at => {
      const {exit, out, err} = await ran(work, ['patch-list'], at)
      if (exit !== 0) throw noLists(input.host, err)
      const {installed, upgrades} = packagesIn(out)
      const meant = upgrades.filter(({security}) => security || !input.securityOnly)
      const {host, plan} = input
      await insertPatch(ledger, {run: at.run, host, plan, at: clock.now(), before: installed, upgrades: meant})
      const security = meant.filter(one => one.security).length
      at.tell(`${Object.keys(installed).length} packages; ${meant.length} newer, ${security} of them for security`)
    },
  }
}

/** What this run installs. */
export async function meant({platform}: Patching, at: At): Promise<readonly Upgrade[]> {
  return ((await patchOf(platform.ledger, at.run))?.upgrades ?? []) as readonly Upgrade[]
}

const folderOf = ({run}: At): string => `/var/lib/selfhelp/patch/${run.replace(/[^A-Za-z0-9]/g, '-')}`

/** The way back: each package as it is, from the sources or from what the host has; for what cannot be had it is said. */
export function kept(work: Patching): Fact {
  const {platform, input} = work
  return {
    holds: async at => (await patchOf(platform.ledger, at.run))?.kept !== undefined,
    make: async at => {
      const upgrades = await meant(work, at)
      const words = [folderOf(at), ...upgrades.map(({name, from}) => `${name}=${from}`)]
      const {exit, out, err} = await ran(work, ['patch-keep', ...words], at)
      if (exit !== 0) throw noLists(input.host, err)
      const names = out.trim().split('\n').filter(Boolean)
      await putPatch(platform.ledger, at.run, {kept: names})
      const lost = upgrades.filter(({name}) => !names.includes(name)).map(({name}) => name)
      at.tell(lost.length === 0 ? 'every earlier package is kept' : `no way back for ${lost.join(', ')}: not to be had`)
    },
  }
}

/** Exactly the versions that were listed; going back installs what was kept, and says what could not be. */
export function patchesInstalled(work: Patching): Fact & {undo: Undo} {
  const {platform, input} = work
  const asMeant = async (at: At) => {
    const {installed} = await installedNow(work)
    return (await meant(work, at)).every(({name, to}) => installed[name] === to)
  }
  return {
    holds: asMeant,
    make: async at => {
      const words = (await meant(work, at)).map(({name, to}) => `${name}=${to}`)
      const {exit, out, err} = await ran(work, ['patch-install', ...words], at)
      if (exit !== 0) throw failed(input, `${whatFailed(`${out}\n${err}`)}.`)
    },
    undo: {
      kind: 'by',
      undo: async at => {
        const {exit, err} = await ran(work, ['patch-back', folderOf(at)], at)
        if (exit !== 0) throw notBack(input.host, err)
        const row = await patchOf(platform.ledger, at.run)
        const lost = (await meant(work, at)).filter(({name}) => !row?.kept?.includes(name))
        for (const {name, to} of lost) at.tell(`${name} stays at ${to}: its earlier package could not be had`)
        await putPatch(platform.ledger, at.run, {after: (await installedNow(work)).installed})
      },
    },
  }
}

async function installedNow({platform, input}: Patching) {
  const machine = await platform.machine(input.host)
  const fields = ['Package', 'Version', 'db:Status-Abbrev'].map(field => `\${${field}}`)
  const asked = ['dpkg-query', '-W', '-f', `has\t${fields.join('\t')}\n`]
  const [answer] = await machine.ask([{ask: 'run', args: asked}])
  return packagesIn(answer?.out ?? '')
}

/** A package that needs it says so in a file; the host is another once its boot has another id. */
export function restarted(work: Patching): Fact {
  const {platform, input} = work
  const {ledger, clock} = platform
  const needed = ['test', '!', '-e', '/run/reboot-required']
  const up = ['systemctl', 'is-system-running', '--wait']
  return {
    holds: async at => (await patchOf(ledger, at.run))?.restarted !== undefined,
    make: async at => {
      const machine = await platform.machine(input.host)
      const [answer] = await machine.ask([{ask: 'run', args: needed}])
      if (answer?.exit === 0) return putPatch(ledger, at.run, {restarted: false})
      at.tell(`${input.host} is restarted`)
      const fence = at.fence(hostLock(input.host))
      const later = ['systemd-run', '--quiet', '--on-active=1', 'systemctl', 'reboot']
      await machine.act(`${at.run}-restart-${crypto.randomUUID()}`, [{act: 'run', args: later}], fence)
      const deadline = clock.now().add({minutes: 5})
      for (;;) {
        await clock.sleep(2000, at.signal)
        const answers = await machine
          .ask([
            {ask: 'run', args: needed},
            {ask: 'run', args: up},
          ])
          .catch(asAway)
        if (answers?.[0]?.exit === 0) break
        if (Temporal.Instant.compare(clock.now(), deadline) > 0) throw notUp(input.host)
      }
      await putPatch(ledger, at.run, {restarted: true})
    },
  }
}

function asAway(thrown: unknown): undefined {
  if (thrown instanceof Failure && thrown.code === 'host-unreachable') return undefined
  throw thrown
}

/** No unit failed, and the services of every environment use themselves as people would. */
export function works({platform, input}: Patching, known: () => Promise<readonly Environment[]>): Fact {
  let held = false
  return {
    holds: async () => held,
    make: async at => {
      const machine = await platform.machine(input.host)
      const asked = ['systemctl', 'list-units', '--state=failed', '--plain', '--no-legend', '--no-pager']
      const [answer] = await machine.ask([{ask: 'run', args: asked}])
      const units = (answer?.out ?? '').split('\n').flatMap(line => line.trim().split(' ')[0] || [])
      const problems = units.map(unit => `${unit} failed`)
      for (const environment of await known())
        problems.push(...(await smoke(platform, environment, at)).map(one => `${fullName(environment)}: ${one}`))
      if (problems.length > 0) throw failed(input, `${problems.join('; ')}.`)
      held = true
    },
  }
}

/** What is installed now, and what changed. */
export function listedAfter(work: Patching): Fact {
  const {ledger} = work.platform
  return {
    holds: async at => (await patchOf(ledger, at.run))?.after !== undefined,
    make: async at => {
      const {installed} = await installedNow(work)
      const before = (await patchOf(ledger, at.run))?.before ?? {}
      for (const line of changedPackages(before, installed)) at.tell(line)
      await putPatch(ledger, at.run, {after: installed})
    },
  }
}

function failed({host, plan}: PatchInput, why: string): Refusal {
  return new Refusal(
    'patch-failed',
    `${host} does not work as it was patched: ${why} The packages of before come back.`,
    {
      facts: {host, plan},
      remedies: ['selfhelp maintenance list', `selfhelp host show ${host}`],
    },
  )
}

function noLists(host: string, said: string): Failure {
  return new Failure('action-failed', `${host} could not read its package sources: ${lastWords(said)}.`, {
    facts: {host, said: said.slice(-1000)},
    remedies: [`On ${host}: apt-get update`],
  })
}

function notBack(host: string, said: string): Failure {
  return new Failure('action-failed', `The packages of before could not be installed on ${host}: ${lastWords(said)}.`, {
    facts: {host, said: said.slice(-1000)},
    remedies: [`On ${host}: dpkg --audit`],
  })
}

function notUp(host: string): Failure {
  return new Failure('host-unreachable', `${host} did not come back within 5 minutes after its restart.`, {
    facts: {host},
  })
}

const lastWords = (said: string): string => said.trim().split('\n').at(-1) || 'it said nothing'

/** dpkg names what it could not set up after all it did; apt only says that dpkg failed. */
function whatFailed(said: string): string {
  const names = /Errors were encountered while processing:\n((?: \S+\n?)+)/.exec(said)?.[1]?.trim().split(/\s+/)
  return names ? `${names.join(', ')} could not be set up` : lastWords(said)
}
