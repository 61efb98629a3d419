/** Renewals are looked for four times an hour, each name at an instant of its own. */
export const tendSchedule = {
  name: 'certificate-tend',
  recurrence: '*/15 * * * *',
  zone: 'UTC',
  runbook: 'certificate-tend',
  input: {},
  catchUp: true,
} as const

/** Each morning, before anybody works: what edges offer is looked at from outside. */
export const scanSchedule = {
  name: 'certificate-scan',
  recurrence: '15 4 * * *',
  zone: 'Europe/Paris',
  runbook: 'certificate-scan',
  input: {},
  catchUp: true,
} as const
