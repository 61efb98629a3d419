/** What a restore makes true, in this order; a plan prints them. */
export const restoreSteps = [
  'restore-is-running',
  'chain-is-proven-restorable',
  'target-is-laid-out-and-reached-beside',
  'writes-are-frozen',
  'active-database-is-backed-up',
  'state-before-is-measured-and-archived',
  'database-is-at-the-target',
  'checks-hold',
  'new-line-has-a-full-backup',
  'writes-are-frozen-no-more',
  'way-back-is-proven-restorable',
  'old-data-is-gone',
  'restore-is-recorded',
] as const

/** What a copy of production into another environment makes true, in this order. */
export const copySteps = [
  'restore-is-running',
  'host-may-read-the-backups',
  'copy-lies-beside-without-what-must-not-be-in-it',
  'host-may-read-them-no-more',
  'nobody-is-let-in',
  'it-says-that-it-is-a-copy-and-calls-nobody',
  'copy-is-in-its-place',
  'schema-fits-its-release',
  'checks-hold',
  'people-have-accounts-of-their-own',
  'nobody-is-let-in-no-more',
  'old-data-is-gone',
  'restore-is-recorded',
] as const
