export {accounts, accountsOf, type WantedAccount, type Welcome, welcomes} from './account.ts'
export {
  answers,
  certificates,
  clusters,
  environmentsNamed,
  foundations,
  knowingNames,
  lettingIn,
  names,
  opened,
  schemas,
  servedAs,
} from './building.ts'
export {certified, forgetCertificates} from './certify.ts'
export {namesOf, type Served, served, stagedCertificate, stagedNoMore, withdrawn} from './edge.ts'
export {environmentNamed} from './list.ts'
export {meanwhile} from './meanwhile.ts'
export {atVersion, migrated, type StateOf, staged, switched} from './moving.ts'
export {environmentId, hostnamesOf, parseEnvironment, refuseUnbuildable} from './name.ts'
export {at as placeOf} from './place.ts'
export {place} from './placement.ts'
export type {Platform} from './platform.ts'
export {asApplication, type Listening, reading, superuser} from './reader.ts'
export {makeSecrets, removeSecrets} from './secret.ts'
export {smoke} from './smoke.ts'
export {asWanted, type Environments, environmentLock, shareLock, until} from './stage.ts'
export {dumping} from './wanted.ts'
export {platformOf} from './world.ts'
