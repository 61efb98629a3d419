/** In the secret store: the Ed25519 key that signs the journal's heads, PKCS#8 in PEM. */
export const journalKeySecret = 'journal/key'
