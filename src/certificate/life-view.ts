import {exits} from '../error.ts'
import {stepTable} from '../runbook/view.ts'
import type {View} from '../terminal/view.ts'
import type {AcmeAuthority} from './acme.ts'
import type {Delivery} from './delivery.ts'
import type {DueDone} from './execute-due.ts'
import type {NameInput} from './install.ts'

/** What a certificate run would do. */
export function lifePlanned(input: NameInput | undefined, steps: readonly {readonly name: string}[]) {
  const names = steps.map(({name}) => name)
  const view: View = input ? stepTable(names) : 'It is as asked; nothing would be changed.'
  return {
    result: {changes: input !== undefined, hostname: input?.hostname, environment: input?.environment, steps: names},
    view,
  }
}

/** What a name is served with now, edge by edge; exit 5 while one has not got it. */
export function lifeDone(delivery: Delivery | undefined, run: string | undefined) {
  const result = {changed: run !== undefined, ...(run === undefined ? {} : {run}), ...delivery}
  if (!delivery) return {result, view: 'The name has no certificate.'}
  const view: View = [deliveryFields(delivery), edgeRows(delivery), verdict(delivery, run)]
  return {result, view, ...(delivery.complete ? {} : {exit: exits.partial})}
}

/** The run that a worker will do. */
export function lifeQueued(run: {readonly run: string}) {
  return {result: run, view: `Run ${run.run} is queued: selfhelp run follow ${run.run}`}
}

function deliveryFields({
  hostname,
  environment,
  issuer,
  source,
  notBefore,
  notAfter,
  fingerprint,
  derogation,
}: Delivery): View {
  const derogated = derogation && {
    text: `${derogation.rule}: ${derogation.why} (${derogation.owner})`,
    tone: 'warn' as const,
  }
  return {
    fields: {
      name: hostname,
      environment,
      issuer,
      source,
      from: notBefore,
      until: notAfter,
      sha256: fingerprint,
      derogation: derogated,
    },
  }
}

function edgeRows({edges}: Delivery): View {
  return {
    heads: ['edge', 'state', 'seen', 'from', 'protocol', 'suite'],
    rows: edges.map(({host, state, at, from, protocol, suite}) => [
      ...[
        host,
        {text: state, tone: state === 'proven' ? ('good' as const) : ('bad' as const)},
        at,
        from,
        protocol,
        suite,
      ],
    ]),
  }
}

function verdict({complete, edges, hostname}: Delivery, run: string | undefined): string {
  const missing = edges.flatMap(({host, state}) => (state === 'missing' ? [host] : []))
  if (!complete)
    return `Partial: ${missing.join(', ')} did not answer and gets it when it is back; until then ${hostname} is an open finding.`
  return run === undefined
    ? 'It is served already; nothing was changed.'
    : `Every edge serves it; proven by ${edges.length} handshakes from outside.`
}

/** The authority that speaks ACME; keys are not in it. */
export function authorityView({root, issues, ...authority}: AcmeAuthority, more: {readonly changed?: boolean} = {}) {
  const {directory, contact, bound, challenge, dns} = authority
  const fields = {directory, challenge, contact, 'bound to': bound, 'name server': dns && `${dns.server}:${dns.port}`}
  const trusts = {ownRoot: root !== undefined, issuesBelowOwnRoot: issues !== undefined}
  return {result: {...more, ...authority, ...trusts}, view: {fields}}
}

const doings = {
  'certificate-issue': 'renew',
  'certificate-deliver': 'deliver',
  'certificate-staple': 'staple',
} as const

/** What was due, and what came of it; exit 5 when one failed. */
export function renewed(all: readonly DueDone[]) {
  const items = all.map(({due, run, error}) => ({
    hostname: due.input.hostname,
    environment: due.input.environment,
    doing: doings[due.runbook],
    ...(run ? {run} : {}),
    ...(error ? {error: {code: error.code, message: error.message, remedies: error.remedies}} : {}),
  }))
  const view: View = {
    heads: ['name', 'environment', 'doing', 'run', 'trouble'],
    rows: items.map(({hostname, environment, doing, run, error}) => [
      ...[hostname, environment, doing, run, error && {text: error.message, tone: 'bad' as const}],
    ]),
    empty: 'Nothing is due.',
  }
  return {result: {items}, view, ...(items.some(({error}) => error) ? {exit: exits.partial} : {})}
}
