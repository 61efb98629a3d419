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
