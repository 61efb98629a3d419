import type {Platform} from '../environment/steps.ts'
import {certificateKnown, servedCertificate, setCertificateState} from '../ledger/certificate-life.ts'
import type {Runbook} from '../runbook/model.ts'
import {type Fact, runbook, step} from '../runbook/step.ts'
import {revokedByAcme} from './acme.ts'
import {about, type Delivering, delivered, forgotten} from './install.ts'
import {acmeAuthority, acmeSecrets, type IssueInput, issued} from './issue.ts'

export interface RevokeInput extends IssueInput {
  /** SHA-256 of the one to revoke. */
  readonly after: string
  /** RFC 5280 §5.3.1: 0 unspecified, 1 key compromise, 4 superseded, 5 ceased. */
  readonly code: number
}

/** Another certificate with another key is served first; then nobody shall trust the one before. */
export function certificateRevoke(delivering: Delivering): Runbook<RevokeInput> {
  const {platform} = delivering
  return runbook<RevokeInput>({
    ...about('certificate-revoke', 'revoke the certificate of'),
    steps: input => [
      step('authority-has-issued-another', issued(platform, input), {undo: forgotten(platform, input), within: 'PT0S'}),
      ...delivered(delivering, input),
      step('authority-has-revoked-the-one-before', revoked(platform, input), {within: 'PT0S'}),
    ],
  })
}

function revoked(platform: Platform, {hostname, after, code}: RevokeInput): Fact {
  const {ledger, secrets} = platform
  const before = async () => certificateKnown(ledger, {hostname, fingerprint: after})
  return {
    holds: async () => (await before())?.state === 'revoked',
    make: async () => {
      const row = await before()
      if (!row || (await servedCertificate(ledger, hostname))?.id === row.id) return
      const account = await secrets.get(acmeSecrets.account)
      // The internal authority has no list of revoked ones: what it certified is trusted by our own clients only.
      if (row.source === 'acme' && account) {
        await revokedByAcme(
          await acmeAuthority(platform),
          {account, bound: await secrets.get(acmeSecrets.bound)},
          {chain: row.chain, code, hostname},
        )
      }
      await setCertificateState(ledger, row.id, 'revoked')
      await secrets.remove(row.keySecret)
    },
  }
}
