import {X509Certificate} from 'node:crypto'
import {isIP} from 'node:net'
import {z} from 'zod'
import {across} from '../contract/steps.ts'
import {purposes} from '../flow/model.ts'
import {methods, types} from './model.ts'
import {defaultProposal, type Proposal, proposalNames} from './proposal.ts'
import {networksStand, peerStandsOutside, serversStand, typeHasItsFields, usersFit} from './rule.ts'

const label = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/
/** Neither control, format (bidirectional marks, zero widths) nor unassigned characters. */
const printable = /^[^\p{C}\p{Zl}\p{Zp}]+$/u
const hostName = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/
const mailbox =
  /^[A-Za-z0-9](?:[A-Za-z0-9._+-]{0,62}[A-Za-z0-9])?@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/
const longestPem = 16_384
/** VICI tells the length of a value in two bytes. */
const longestList = 65_535

const line = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(printable)
    .refine(text => text.trim() === text)
const address = () => z.string().max(45).refine(isAddress)
const name = () => z.string().min(2).max(24).regex(label)
const count = (max: number) => z.int().min(1).max(max)
const network = () => z.string().min(2).max(64)

/** The schema of a specification; what spans several fields is checked whatever the others are like. */
export const vpnSchema = z
  .strictObject({
    tenant: name(),
    site: name(),
    type: z.enum(types),
    peer: z.strictObject({address: address(), identity: z.string().max(253).refine(isIdentity)}).optional(),
    authentication: z
      .strictObject({
        method: z.enum(methods),
        ca: z.string().max(longestPem).refine(isAuthority).optional(),
        crl: z
          .string()
          .max(longestList)
          .refine(text => isPem(text, 'X509 CRL'))
          .optional(),
      })
      .optional(),
    proposal: z.enum(proposalNames as [Proposal, ...Proposal[]]).default(defaultProposal),
    line: z
      .strictObject({
        interface: z.string().regex(/^[a-z][a-z0-9.-]{0,14}$/),
        nextHop: address(),
        carrier: line(100),
        leadDays: count(365),
      })
      .optional(),
    networks: z
      .array(z.strictObject({network: network(), seenAs: network().optional()}))
      .min(1)
      .max(32),
    servers: z
      .array(z.strictObject({name: name(), purpose: z.enum(purposes), address: address(), port: count(65_535)}))
      .min(1)
      .max(64),
    kilobitsPerSecond: count(100_000_000),
    users: z.strictObject({concurrent: count(1_000_000), pageKilobytes: count(100_000)}).optional(),
    responsibilities: z.strictObject({ours: line(300), theirs: line(300), between: line(300)}),
  })
  .check(
    across(typeHasItsFields),
    across(networksStand),
    across(peerStandsOutside),
    across(serversStand),
    across(usersFit),
  )

/** An address as we write it: no zone, no leading zeros. */
function isAddress(text: string): boolean {
  return isIP(text) !== 0 && !text.includes('%') && text === text.toLowerCase()
}

function isIdentity(text: string): boolean {
  return hostName.test(text) || mailbox.test(text) || isAddress(text)
}

function isPem(text: string, kind: string): boolean {
  return new RegExp(`^-----BEGIN ${kind}-----\n[A-Za-z0-9+/=\n]+\n-----END ${kind}-----\n?$`).test(text)
}

/** One certificate that may certify others, with a key that is not weak. */
function isAuthority(text: string): boolean {
  if (!isPem(text, 'CERTIFICATE')) return false
  try {
    const {ca, publicKey} = new X509Certificate(text)
    const {modulusLength = 0} = publicKey.asymmetricKeyDetails ?? {}
    return ca && (publicKey.asymmetricKeyType === 'rsa' ? modulusLength >= 2048 : publicKey.asymmetricKeyType !== 'dsa')
  } catch {
    return false
  }
}
