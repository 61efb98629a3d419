import {exits} from '../error.ts'
import type {View} from '../terminal/view.ts'
import type {DomainAdded} from './add.ts'
import type {DomainShown} from './model.ts'

/** The name, the record its owner must have, and what comes next; exit 5 until DNS has it. */
export function domainAdded({domain, verified, found}: DomainAdded, plan: boolean) {
  const {record, environment, name, certificateUntil} = domain
  const next = certificateUntil
    ? `It is served, beside ${record.value}.`
    : `It is served once it has a certificate: selfhelp certificate issue ${environment} --host ${name}, or certificate install`
  const view: View = [
    {
      fields: {
        name,
        environment,
        'the customer creates': `${record.name}. ${record.type} ${record.value}.`,
        verified: {text: found, tone: verified ? 'good' : 'warn'},
      },
    },
    verified ? next : 'Type it again when the record is there.',
  ]
  return {result: {...domain, verified, found, plan}, view, ...(verified ? {} : {exit: exits.partial})}
}

/** Names as rows. */
export function domainRows(items: readonly DomainShown[]): View {
  return {
    heads: ['name', 'environment', 'face', 'record', 'verified', 'certificate until'],
    rows: items.map(({name, environment, face, record, verifiedAt, certificateUntil}) => [
      ...[
        name,
        environment,
        face,
        `${record.type} ${record.value}`,
        verifiedAt ?? {text: 'not yet', tone: 'warn' as const},
        certificateUntil,
      ],
    ]),
    empty: 'No customer has brought a name along.',
  }
}
