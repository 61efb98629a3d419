import type {Tone} from '../cli/paint.ts'
import type {View} from '../cli/view.ts'
import type {Checked} from './check.ts'
import type {CertificateFinding} from './model.ts'

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
