import {journalHeads, keyPermissions, ledgerSchema, nodeVersion, recoveryKeys} from './home.ts'
import {hosts} from './hosts.ts'
import type {Check} from './model.ts'
import {outside} from './outside.ts'
import {certificates, ledgerBackups, secondVpns, siteCertificates, testEnvironments} from './promises.ts'
import {vpns} from './vpns.ts'

/** Everything the doctor looks at; a noun with something to compare adds its check here. */
export const checks: readonly Check[] = [
  nodeVersion,
  ledgerSchema,
  keyPermissions,
  recoveryKeys,
  ledgerBackups,
  journalHeads,
  siteCertificates,
  hosts,
  outside,
  certificates,
  testEnvironments,
  secondVpns,
  vpns,
]
