/** In the secret store: the Ed25519 key that signs the journal's heads, PKCS#8 in PEM. */
export const journalKeySecret = 'journal/key'

/** The runbook that signs the journal's head. */
export const headRunbook = 'journal-sign-head'

/** When it is due: each hour, and once after nobody was there. */
export const headSchedule = {
  name: 'journal-heads',
  recurrence: '7 * * * *',
  zone: 'UTC',
  runbook: headRunbook,
  input: {},
  catchUp: true,
} as const
