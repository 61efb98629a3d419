/**
 * Every runbook of the product and how it is killed. Nothing here lists steps: they are read from the runbook.
 *
 * A new runbook gets all crash levels by one entry in `levels`:
 *
 * 1. `scripted`: a function that puts the runbook into a world of scripted machines on a real ledger which outlives its
 *    process (`Killable` in killable.ts; tenant-trials.ts has six of them, of a few lines each). `npm test` kills its
 *    process by SIGKILL at three points of every step: before the effect, after it and before its record, after the
 *    record (test/runbook/real/kill.test.ts). Each next process resumes it.
 * 2. `typed`, when it touches hosts: what an operator types for it. The entries are one story, in the order of `levels`,
 *    told on one lab host (test/journey/crash.test.ts): once undisturbed, once with every run killed. `npm test` kills
 *    once in every step, at a point chosen by the printed seed; `SELFHELP_SEED=… npx tap test/journey/crash.test.ts` at
 *    the same points again; `npm run test:deep` at all three points.
 *    `onLab` instead, when it is asked for where there is no story yet: a `Killable` on real hosts. Runs about
 *    certificates, names and edges need authorities, responders and two edges: they die in test/journey/certificate.test.ts.
 *
 * Each time what is true afterwards must be as after the undisturbed run, and each effect must have happened once: on
 * lab hosts counted by what the host itself wrote down of the run's exchanges.
 */
import type {Trying} from './killable.ts'
import {inputOf, type Typed} from './story.ts'

export interface Level {
  readonly runbook: string
  readonly scripted: Trying
  readonly typed?: Typed
  readonly onLab?: Trying
  /** What an opening of a bracket does on a host again at each resume, by the host's own record. */
  readonly renewed?: RegExp
}

const here = (module: string, name?: string): Trying => ({
  module: new URL(module, import.meta.url).href,
  ...(name ? {name} : {}),
})
const certificates = (name: string) => here('certificate-trials.ts', name)
const tenants = (name: string) => here('tenant-trials.ts', name)
const vpns = (name: string) => here('vpn-trials.ts', name)

export const levels: readonly Level[] = [
  {runbook: 'host-add', scripted: here('../host/adoption.ts'), onLab: here('host-lab.ts', 'adoption')},
  {runbook: 'host-apply', scripted: here('../host/provisioning.ts'), onLab: here('host-lab.ts', 'provisioning')},
  {runbook: 'journal-sign-head', scripted: here('journal-trial.ts')},
  {
    runbook: 'tenant-create',
    scripted: tenants('creation'),
    typed: ({contract}) => ['tenant', 'create', 'acme', '--contract', contract('ACME SA', 'production')],
  },
  {
    runbook: 'tenant-hand-over',
    scripted: tenants('handOver'),
    typed: () => ['tenant', 'hand-over', 'acme', '--by', 'jdoe'],
  },
  {runbook: 'tenant-invite', scripted: tenants('invitation'), typed: () => ['tenant', 'invite', 'acme']},
  {
    runbook: 'contract-update',
    scripted: tenants('update'),
    typed: ({contract}) => {
      const words = [
        'contract',
        'update',
        'acme',
        '--contract',
        contract('ACME Holding SA', 'production', 'qualification'),
      ]
      return [...words, '--reason', 'amendment 1']
    },
  },
  {
    runbook: 'environment-add',
    scripted: tenants('addition'),
    typed: () => ['environment', 'add', 'acme/qualification'],
  },
  {
    runbook: 'tenant-remove',
    scripted: tenants('removal'),
    typed: () => ['tenant', 'remove', 'acme', '--confirm', 'acme', '--keep', '1d'],
    renewed: /^(?:put \/etc\/selfhelp\/[^/]+\/state\.json|units reload \S+-(?:presentation|edition)\.service)/,
  },
  {runbook: 'backup-transfer', scripted: here('transfer-trials.ts', 'sending')},
  {runbook: 'migration-production', scripted: here('migration-trials.ts', 'migrating')},
  {runbook: 'migration-qualification', scripted: here('migration-trials.ts', 'qualifying')},
  {runbook: 'migration-rollback', scripted: here('migration-trials.ts', 'rollingBack')},
  {runbook: 'restore-copy', scripted: here('restore-trials.ts', 'copying')},
  {runbook: 'restore-lift', scripted: here('restore-trials.ts', 'lifting')},
  {runbook: 'certificate-issue', scripted: certificates('issue')},
  {runbook: 'certificate-install', scripted: certificates('install')},
  {runbook: 'certificate-deliver', scripted: certificates('deliver')},
  {runbook: 'certificate-revoke', scripted: certificates('revocation')},
  {runbook: 'certificate-scan', scripted: certificates('scanning')},
  {runbook: 'certificate-staple', scripted: certificates('staple')},
  {runbook: 'certificate-tend', scripted: certificates('tending')},
  {runbook: 'domain-remove', scripted: certificates('domainRemoval')},
  {runbook: 'edge-refill', scripted: here('../host/refilling.ts')},
  {runbook: 'edge-ticket-keys', scripted: here('../host/refilling.ts', 'rotating')},
  {runbook: 'farewell-expire', scripted: tenants('expiry'), typed: inputOf('farewell-expire', {})},
  {runbook: 'vpn-apply', scripted: vpns('applying')},
  {runbook: 'vpn-look', scripted: vpns('looking')},
  {runbook: 'vpn-rekey', scripted: vpns('rekeying')},
  {runbook: 'vpn-remove', scripted: vpns('removing')},
  {runbook: 'vpn-rotate-secret', scripted: vpns('rotating')},
]
