import {connect} from 'node:net'
import type {Duplex} from 'node:stream'
import {platformOf} from '../environment/steps.ts'
import {Failure} from '../error.ts'
import {outsideAt, probesOf} from '../probe/steps.ts'
import type {Runbook} from '../runbook/model.ts'
import {servedPolicy} from '../tls/steps.ts'
import type {World} from '../world.ts'
import {alsoAsked, askOverHttp} from './ask.ts'
import type {Beginning} from './begin.ts'
import {certificateDeliver} from './deliver.ts'
import {certificateInstall, type Delivering} from './install.ts'
import {certificateIssue} from './issue.ts'
import type {Outside} from './prove.ts'
import {certificateTend, type DueRun} from './renew.ts'
import {certificateRevoke} from './revoke.ts'
import {certificateStaple} from './staple.ts'
import {certificateScan} from './watch.ts'

/** `certificate-install` with the collaborators of this process. */
export async function buildCertificateInstall(world: World): Promise<Runbook> {
  return certificateInstall(await deliveringOf(world)) as Runbook
}

/** `certificate-issue` with the collaborators of this process. */
export async function buildCertificateIssue(world: World): Promise<Runbook> {
  return certificateIssue(await deliveringOf(world)) as Runbook
}

/** `certificate-deliver` with the collaborators of this process. */
export async function buildCertificateDeliver(world: World): Promise<Runbook> {
  return certificateDeliver(await deliveringOf(world)) as Runbook
}

/** `certificate-revoke` with the collaborators of this process. */
export async function buildCertificateRevoke(world: World): Promise<Runbook> {
  return certificateRevoke(await deliveringOf(world)) as Runbook
}

/** `certificate-scan` with the collaborators of this process. */
export async function buildCertificateScan(world: World): Promise<Runbook> {
  const ledger = await world.ledger()
  const {clock} = world
  const needs = async () => {
    return {ledger, clock, policy: await servedPolicy(ledger), outside: await outsideOf(world)}
  }
  return certificateScan(needs) as Runbook
}

/** `certificate-staple` with the collaborators of this process. */
export async function buildCertificateStaple(world: World): Promise<Runbook> {
  return certificateStaple(await deliveringOf(world)) as Runbook
}

/** `certificate-tend` with the collaborators of this process. */
export async function buildCertificateTend(world: World): Promise<Runbook> {
  const enqueue = async (due: DueRun) =>
    void (await world.enqueue({...due, command: 'certificate renew', reason: 'due by its lifetime'}))
  return certificateTend({ledger: await world.ledger(), clock: world.clock, enqueue}) as Runbook
}

/** What certificate runs need of the world. */
export async function deliveringOf(world: World): Promise<Delivering> {
  const ask = askOverHttp({also: alsoAsked(world.env)})
  return {platform: await platformOf(world), outside: () => outsideOf(world), ask}
}

/** What deciding about a certificate needs of the world. */
export async function beginningOf(world: World): Promise<Beginning> {
  const [ledger, secrets] = await Promise.all([world.ledger(), world.secrets()])
  return {ledger, secrets, clock: world.clock}
}

/** The first probe point; without one the control plane itself looks, and the proof says so. */
async function outsideOf(world: World): Promise<Outside> {
  const [probe] = await probesOf(await world.ledger())
  if (!probe) return {name: 'the control plane', dial: dialHere, close: async () => {}}
  return outsideAt(probe)
}

function dialHere(address: string, port: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connect({host: address, port, timeout: 5_000})
    const lost = (why: string) => {
      socket.destroy()
      reject(
        new Failure('address-unreachable', `${address}, port ${port}, does not answer: ${why}.`, {
          facts: {address, port},
        }),
      )
    }
    socket.once('error', error => lost(error.message))
    socket.once('timeout', () => lost('no answer within 5 s'))
    socket.once('connect', () => resolve(socket.setTimeout(0)))
  })
}
