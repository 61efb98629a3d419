/** What certificate commands call, in one import. */
export {beginInstall, beginIssue, beginRevoke, sealKey} from './begin.ts'
export {deliveryOf} from './delivery.ts'
export {beginningOf, buildCertificateInstall, buildCertificateIssue, buildCertificateRevoke} from './register.ts'
export {dueRuns} from './renew.ts'
