import {X509Certificate} from 'node:crypto'
import type {Roots} from './model.ts'
import {type Certificate, readCertificate} from './read.ts'

/** The way from a server certificate to somebody who is trusted. */
export interface Path {
  /** The leaf first, without the root: what is served. */
  readonly served: readonly Certificate[]
  /** Undefined when the way ends before. */
  readonly root: Root | undefined
}

export interface Root {
  readonly certificate: Certificate
  readonly kind: 'public' | 'contract'
}

/** An authority signs another a few times at most; what is longer is a maze. */
const longest = 8

/** The shortest way to a trusted root; without one, the longest there is, to say where it ends. */
export function pathOf(leaf: Certificate, others: readonly Certificate[], roots: Roots): Path {
  const trusted = [
    ...roots.contract.map(pem => ({pem, kind: 'contract' as const})),
    ...roots.public.map(pem => ({pem, kind: 'public' as const})),
  ].map(({pem, kind}) => ({x509: new X509Certificate(pem), kind}))
  let dead: readonly Certificate[] = [leaf]
  const ways: (readonly Certificate[])[] = [[leaf]]
  for (let way = ways.shift(); way; way = ways.shift()) {
    const end = way.at(-1) ?? leaf
    const root = trusted.find(({x509}) => signed(end, x509) && !x509.raw.equals(end.der))
    if (root) return {served: way, root: {kind: root.kind, certificate: readCertificate(root.x509.raw, 'trusted')}}
    if (way.length > dead.length) dead = way
    const seen = way
    const next = others.filter(each => !seen.includes(each) && !isSelfSigned(each) && signed(end, each.x509))
    if (way.length < longest) ways.push(...next.map(each => [...seen, each]))
  }
  return {served: dead, root: undefined}
}

/** Issuer and subject are one, and its own key signed it (R029). */
export function isSelfSigned({x509}: Certificate): boolean {
  return x509.subject === x509.issuer && x509.verify(x509.publicKey)
}

/** Whether the second certified the first: names, key identifiers and usage agree, and the signature is good. */
export function signed(one: Certificate, by: X509Certificate): boolean {
  return one.x509.checkIssued(by) && one.x509.verify(by.publicKey)
}
