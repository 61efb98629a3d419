import type {Tone} from '../terminal/paint.ts'
import type {View} from '../terminal/view.ts'
import type {Checked} from './check.ts'
import type {CertificateList, CertificateShown} from './list.ts'
import type {CertificateFinding} from './model.ts'
import type {ScanResult} from './scan.ts'
import type {Opinion} from './second-opinion.ts'

/** What was found, each with its rule, then the verdict. */
export function checkedView({name, fits, leaf, findings}: Checked): View {
  const count = findings.filter(({severity}) => severity === 'refused').length
  return [
    {
      fields: {
        certificate: leaf.subject,
        names: leaf.names.join(', '),
        issuer: leaf.issuer,
        root: leaf.root,
        key: leaf.key,
        from: leaf.notBefore,
        until: leaf.notAfter,
        sha256: leaf.fingerprint,
      },
    },
    {
      heads: ['rule', 'state', 'stands in', 'about', 'found', 'remedy'],
      rows: findings.map(({rule, severity, source, subject, sentence, remedy}) => [
        ...[rule, {text: severity, tone: tones[severity]}, source, subject, sentence, remedy],
      ]),
    },
    fits
      ? `It fits ${name}.`
      : `It does not fit ${name}: ${count} ${count === 1 ? 'rule refuses' : 'rules refuse'} it.`,
  ]
}

const tones: Readonly<Record<CertificateFinding['severity'], Tone>> = {refused: 'bad', derogated: 'warn', noted: 'dim'}

/** Certificates that are served, as rows, and how to see the others. */
export function certificateRows({items, next}: CertificateList): View {
  const table = {
    heads: ['name', 'environment', 'ends', 'renewal due', 'issuer', 'sha256'],
    rows: items.map(({hostname, environment, notAfter, renewalDue, issuer, fingerprint}) => [
      ...[hostname, environment, notAfter, renewalDue, issuer, fingerprint.slice(0, 16)],
    ]),
    empty: 'No certificate.',
  }
  return next === undefined ? table : [table, `more: --after ${next}`]
}

/** One certificate, property by property. */
export function certificateFields(shown: CertificateShown): View {
  const {hostname, environment, names, key, issuer, fingerprint, notBefore, notAfter, renewalDue, derogation} = shown
  return [
    {
      fields: {
        ...{name: hostname, environment, covers: names.join(', '), key, issuer, sha256: fingerprint},
        ...{from: notBefore, until: notAfter, 'renewal due': renewalDue},
        derogation: derogation && `${derogation.rule}, ${derogation.why} (${derogation.owner})`,
        earlier: shown.earlier.length === 0 ? undefined : `${shown.earlier.length}`,
      },
    },
    {
      heads: ['served', 'ends', 'sha256'],
      rows: shown.chain.map(({subject, notAfter: ends, sha256}) => [subject, ends, sha256]),
    },
  ]
}

/** What each edge node offers, then what a rule forbids of it. */
export function scanRows({items, findings, policy, from}: ScanResult): View {
  return [
    {
      heads: ['environment', 'name', 'edge', 'offers', 'suites', 'alpn', 'ms', 'findings'],
      rows: items.map(({environment, name, host, scan, findings: own}) => [
        ...[
          environment,
          name,
          host,
          scan?.protocols.join(' ') ?? 'nothing',
          scan && new Set(scan.suites.map(({name: suite}) => suite)).size,
        ],
        ...[
          scan?.alpn.join(' '),
          scan?.tookMs,
          {text: `${own.length}`, tone: own.length === 0 ? 'good' : 'bad'} as const,
        ],
      ]),
      empty: 'No environment to scan.',
    },
    {
      heads: ['rule', 'name', 'edge', 'found', 'remedy'],
      rows: items.flatMap(({name, host, findings: own}) =>
        own.map(({rule, sentence, remedy}) => [{text: rule, tone: 'bad'} as const, name, host, sentence, remedy]),
      ),
    },
    `${items.length} names scanned from ${from} for the policy ${policy}: ${findings} findings, kept as evidence`,
  ]
}

/** What other tools found. */
export function opinionRows(opinions: readonly Opinion[]): View {
  return {
    heads: ['tool', 'name', 'edge', 'result', 'found'],
    rows: opinions.map(({tool, version, name, host, passed, findings}) => [
      ...[`${tool} ${version}`, name, host],
      passed ? ({text: 'passed', tone: 'good'} as const) : ({text: 'failed', tone: 'bad'} as const),
      findings.join('; '),
    ]),
  }
}
