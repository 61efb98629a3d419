import {Bug} from '../error.ts'
import type {Runbook} from '../runbook/model.ts'
import type {Registry} from '../runbook/registry.ts'
import type {World} from '../world.ts'

type Build = (world: World) => Runbook | Promise<Runbook>

/** Every runbook by its id, loaded when it is asked for, so that any process can go on with any run. */
const builders: Readonly<Record<string, () => Promise<Build>>> = {
  'contract-update': async () => (await import('../tenant/register.ts')).buildContractUpdate,
  'certificate-deliver': async () => (await import('../certificate/register.ts')).buildCertificateDeliver,
  'certificate-install': async () => (await import('../certificate/register.ts')).buildCertificateInstall,
  'certificate-issue': async () => (await import('../certificate/register.ts')).buildCertificateIssue,
  'certificate-revoke': async () => (await import('../certificate/register.ts')).buildCertificateRevoke,
  'certificate-scan': async () => (await import('../certificate/register.ts')).buildCertificateScan,
  'certificate-staple': async () => (await import('../certificate/register.ts')).buildCertificateStaple,
  'certificate-tend': async () => (await import('../certificate/register.ts')).buildCertificateTend,
  'farewell-expire': async () => (await import('../tenant/register.ts')).buildFarewellExpire,
  'host-add': async () => (await import('../host/register.ts')).buildHostAdd,
  'host-apply': async () => (await import('../host/register.ts')).buildHostApply,
  'activity-count': async () => (await import('../maintenance/register.ts')).buildActivityCount,
  'host-patch': async () => (await import('../maintenance/register.ts')).buildHostPatch,
  'maintenance-tend': async () => (await import('../maintenance/register.ts')).buildMaintenanceTend,
  'backup-drill': async () => (await import('../backup/register.ts')).buildDrill,
  'backup-look': async () => (await import('../backup/register.ts')).buildLook,
  'backup-transfer': async () => (await import('../transfer/register.ts')).buildTransfer,
  'backup-verify': async () => (await import('../backup/register.ts')).buildVerify,
  'backup-take': async () => (await import('../backup/register.ts')).buildTake,
  'domain-remove': async () => (await import('../domain/register.ts')).buildDomainRemove,
  'edge-refill': async () => (await import('../host/register.ts')).buildEdgeRefill,
  'edge-ticket-keys': async () => (await import('../host/register.ts')).buildEdgeTicketKeys,
  'environment-activate': async () => (await import('../activation/register.ts')).buildActivate,
  'environment-add': async () => (await import('../tenant/register.ts')).buildEnvironmentAdd,
  'journal-sign-head': async () => (await import('../journal/register.ts')).buildSignHead,
  'restore-copy': async () => (await import('../restore/register.ts')).buildRestoreCopy,
  'restore-lift': async () => (await import('../restore/register.ts')).buildRestoreLift,
  'migration-banner': async () => (await import('../migration/register.ts')).buildMigrationBanner,
  'migration-tend': async () => (await import('../migration/register.ts')).buildMigrationTend,
  'migration-production': async () => (await import('../migration/register.ts')).buildMigrationProduction,
  'migration-qualification': async () => (await import('../migration/register.ts')).buildMigrationQualification,
  'migration-rollback': async () => (await import('../migration/register.ts')).buildMigrationRollback,
  'ledger-backup': async () => (await import('../safekeeping/register.ts')).buildLedgerBackup,
  'ledger-drill': async () => (await import('../safekeeping/register.ts')).buildLedgerDrill,
  'restore-run': async () => (await import('../restore/register.ts')).buildRestoreRun,
  'tenant-create': async () => (await import('../tenant/register.ts')).buildTenantCreate,
  'tenant-hand-over': async () => (await import('../tenant/register.ts')).buildTenantHandOver,
  'tenant-invite': async () => (await import('../tenant/register.ts')).buildTenantInvite,
  'tenant-remove': async () => (await import('../tenant/register.ts')).buildTenantRemove,
  'vpn-apply': async () => (await import('../vpn/register.ts')).buildVpnApply,
  'vpn-look': async () => (await import('../vpn/register.ts')).buildVpnLook,
  'vpn-rekey': async () => (await import('../vpn/register.ts')).buildVpnRekey,
  'vpn-remove': async () => (await import('../vpn/register.ts')).buildVpnRemove,
  'vpn-rotate-secret': async () => (await import('../vpn/register.ts')).buildVpnRotate,
}

/** The ids of all of them. */
export const runbookIds: readonly string[] = Object.keys(builders).sort()

/** The runbooks of this product, built with the collaborators of this process. */
export function runbooksOf(world: World): Registry {
  return async id => {
    const build = await builders[id]?.()
    if (!build) throw new Bug(`there is no runbook ${id}`, {facts: {known: Object.keys(builders)}})
    return build(world)
  }
}
