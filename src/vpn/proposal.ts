/**
 * What IKE and ESP may use, as data. Nothing weaker can be said: a specification names a row, never an algorithm.
 * Source: ANSSI, "Recommandations de sécurité relatives à IPsec" (NP_IPSEC, 2015-08-03) and RFC 9395 (2023-04), which
 * deprecates what is older; AES-256-GCM with a 384-bit PRF is CNSA 1.0's suite for IPsec (RFC 9206, 2022-02).
 */
export const proposals = {
  'aes256gcm16-prfsha384-ecp384': {
    ike: 'aes256gcm16-prfsha384-ecp384',
    /** With the group at its end: each rekeying exchanges keys anew (perfect forward secrecy). */
    esp: 'aes256gcm16-ecp384',
    source: 'RFC 9206 (CNSA suite for IPsec)',
    date: '2022-02-01',
    words: {encryption: 'AES-256-GCM, ICV 16', prf: 'HMAC-SHA-384', group: 'ECP-384, DH 20'},
  },
  'aes256gcm16-prfsha384-curve25519': {
    ike: 'aes256gcm16-prfsha384-curve25519',
    esp: 'aes256gcm16-curve25519',
    source: 'RFC 8031 (Curve25519 for IKEv2), RFC 8247',
    date: '2016-12-01',
    words: {encryption: 'AES-256-GCM, ICV 16', prf: 'HMAC-SHA-384', group: 'Curve25519, DH 31'},
  },
} as const

export type Proposal = keyof typeof proposals
export const proposalNames = Object.keys(proposals) as readonly Proposal[]

/** The one that is used unless the customer's device cannot. */
export const defaultProposal: Proposal = 'aes256gcm16-prfsha384-ecp384'

/** Seconds between new keys, and between signs of life; RFC 7296 leaves them to us. */
export const times = {ikeRekey: 14_400, childRekey: 3600, deadPeer: 30} as const
