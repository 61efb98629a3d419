import {Temporal} from 'temporal-polyfill'
import type {CertificateFinding, Wanted} from './model.ts'
import type {Path} from './path.ts'
import {type Certificate, called} from './read.ts'
import {found} from './rule.ts'

/** Whether everything served is valid now, and the leaf as long as it must and may be. */
export function lifetimeFindings({served, root}: Path, wanted: Wanted): CertificateFinding[] {
  const [leaf, ...issuers] = served
  if (!leaf) return []
  return [
    ...validNow(leaf, wanted.at),
    ...issuers.flatMap(issuer => issuerValidNow(issuer, wanted.at)),
    ...contractCovered(leaf, issuers, wanted),
    ...(root?.kind === 'public' ? shortEnough(leaf) : []),
    ...(root?.kind === 'contract' ? withinContract(leaf, wanted.mostDays) : []),
  ]
}

/** The most days a public certificate may last, by the day it begins (CA/B Forum BR §6.3.2, ballot SC-081v3). */
function mostDays(notBefore: Temporal.Instant): number {
  const day = notBefore.toString()
  return [...limits].reverse().find(([from]) => day >= from)?.[1] ?? Number.POSITIVE_INFINITY
}

const limits: readonly (readonly [from: string, days: number])[] = [
  ['2018-03-01', 825],
  ['2020-09-01', 398],
  ['2026-03-15', 200],
  ['2027-03-15', 100],
  ['2029-03-15', 47],
]

function validNow(leaf: Certificate, at: Temporal.Instant): CertificateFinding[] {
  const {notBefore, notAfter} = leaf
  const early = Temporal.Instant.compare(at, notBefore) < 0
  const late = Temporal.Instant.compare(at, notAfter) > 0
  return [
    ...(early ? [found('not-yet-valid', called(leaf), `It is valid from ${notBefore} only; now it is ${at}.`)] : []),
    ...(late ? [found('expired', called(leaf), `It was valid until ${notAfter}.`)] : []),
  ]
}

function issuerValidNow(issuer: Certificate, at: Temporal.Instant): CertificateFinding[] {
  const {notBefore, notAfter} = issuer
  if (Temporal.Instant.compare(at, notBefore) >= 0 && Temporal.Instant.compare(at, notAfter) <= 0) return []
  return [
    found('chain-invalid-now', called(issuer), `It is valid from ${notBefore} to ${notAfter} only; now it is ${at}.`),
  ]
}

/** R030: the certificate, and whoever certified it, last as long as the contract, or somebody answers for the renewal. */
function contractCovered(leaf: Certificate, issuers: readonly Certificate[], wanted: Wanted): CertificateFinding[] {
  const {contractEnd, timeZone, derogation} = wanted
  const lastDay = ({notAfter}: Certificate) => notAfter.toZonedDateTimeISO(timeZone).toPlainDate()
  const short = (one: Certificate) => Temporal.PlainDate.compare(lastDay(one), contractEnd) < 0
  const answered = (finding: CertificateFinding): CertificateFinding => {
    if (derogation?.rule !== 'R030') return finding
    return {...finding, severity: 'derogated', remedy: `${derogation.owner} answers for it: ${derogation.why}.`}
  }
  const ends = `the contract ends on ${contractEnd}`
  const own = short(leaf)
    ? [found('contract-not-covered', called(leaf), `It ends on ${lastDay(leaf)}; ${ends}.`)]
    : issuers
        .filter(short)
        .map(issuer => found('chain-ends-first', called(issuer), `The issuer's ends on ${lastDay(issuer)}; ${ends}.`))
  return own.map(answered)
}

function shortEnough(leaf: Certificate): CertificateFinding[] {
  const {notBefore} = leaf
  const days = daysOf(leaf)
  const most = mostDays(notBefore)
  if (days <= most) return []
  const sentence = `It lasts ${Math.ceil(days)} days; a public certificate that begins on ${notBefore.toString().slice(0, 10)} may last ${most}.`
  return [found('ca-lifetime', called(leaf), sentence)]
}

/** A private authority is bound by what was agreed, and by nobody else. */
function withinContract(leaf: Certificate, most: number | undefined): CertificateFinding[] {
  const days = daysOf(leaf)
  if (most === undefined || days <= most) return []
  return [found('contract-lifetime', called(leaf), `It lasts ${Math.ceil(days)} days; the contract allows ${most}.`)]
}

/** The last second counts too. */
function daysOf({notBefore, notAfter}: Certificate): number {
  return notAfter.add({seconds: 1}).since(notBefore).total('hours') / 24
}
