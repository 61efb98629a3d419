import {type GeneralSubtrees, KeyUsageFlags} from '@peculiar/asn1-x509'
import {Secret} from '../secret/secret.ts'
import type {Bundle} from './bundle.ts'
import {lifetimeFindings} from './lifetime.ts'
import type {CertificateFinding, Fitting, Judgement, Wanted} from './model.ts'
import {asciiName, below, covers} from './name.ts'
import {isSelfSigned, type Path, pathOf, signed} from './path.ts'
import {type Certificate, called, keyShown, publicKeyFingerprint} from './read.ts'
import {found, noted} from './rule.ts'
import {keyFindings, signatureFindings} from './weak.ts'

/**
 * Every finding about a certificate, its key and its chain, with the rule each stands on; pure, and never only the first.
 * Throws `Refusal('input-invalid')` when the wanted name is no host name.
 */
export function judge(bundle: Bundle, wanted: Wanted): Judgement {
  const {leaf, others} = bundle
  const path = pathOf(leaf, others, wanted.roots)
  const findings = [
    ...bundle.findings,
    ...ofKey(bundle, wanted),
    ...ofPath(path, others),
    ...ofName(path, asciiName(wanted.name)),
    ...lifetimeFindings(path, wanted),
    ...ofLeaf(leaf),
    ...path.served.flatMap(each => [...keyFindings(each), ...signatureFindings(each), ...ofExtensions(each)]),
    ...(path.root ? keyFindings(path.root.certificate) : []),
    ...ofExtras(path, others),
  ]
  const fits = findings.every(({severity}) => severity !== 'refused')
  const {subject, issuer, names, fingerprint, notBefore, notAfter, key} = leaf
  return {
    fits,
    findings,
    way: [...path.served, ...(path.root ? [path.root.certificate] : [])].map(({x509}) => x509.toString()),
    leaf: {
      ...{subject, issuer, names, fingerprint, notBefore, notAfter},
      key: keyShown(key),
      root: path.root?.certificate.subject,
    },
    fitting: fits ? fittingOf(bundle, path) : undefined,
  }
}

function fittingOf({leaf, key}: Bundle, {served}: Path): Fitting | undefined {
  if (!key) return undefined
  const {names, fingerprint, keyFingerprint, notBefore, notAfter, issuer, ocsp} = leaf
  return {
    ...{names, fingerprint, keyFingerprint, notBefore, notAfter, issuer, ocsp},
    chain: served.map(({x509}) => x509.toString()).join(''),
    key: new Secret(key.export({type: 'pkcs8', format: 'pem'}).toString()),
  }
}

function ofKey({leaf, key}: Bundle, {usedKeys}: Wanted): CertificateFinding[] {
  if (!key) return [found('key-missing', 'key', 'No private key was given.')]
  const other = usedKeys?.get(leaf.keyFingerprint)
  return [
    ...(publicKeyFingerprint(key) === leaf.keyFingerprint
      ? []
      : [found('key-mismatch', 'key', `The key given (${keyShown(key)}) is not that of ${called(leaf)}.`)]),
    ...(other === undefined ? [] : [found('key-used-elsewhere', 'key', `${other} uses this key already.`)]),
  ]
}

/** To whom it leads, and whether each on the way may certify the one before. */
function ofPath(path: Path, others: readonly Certificate[]): CertificateFinding[] {
  const {served, root} = path
  const issuers = [...served.slice(1), ...(root ? [root.certificate] : [])]
  return [
    ...(root ? [] : endless(served, others)),
    ...issuers.flatMap((issuer, at) => [
      ...(issuer.isAuthority
        ? []
        : [found('issuer-not-authority', called(issuer), 'It certifies others, and may not.')]),
      ...(issuer.pathLength === undefined || issuer.pathLength >= at
        ? []
        : [
            found(
              'path-too-long',
              called(issuer),
              `At most ${issuer.pathLength} authorities may stand below it, not ${at}.`,
            ),
          ]),
    ]),
  ]
}

/** Why the way ends: who signed is not there, is not trusted, or did not really sign. */
function endless(served: readonly Certificate[], others: readonly Certificate[]): CertificateFinding[] {
  const [leaf, end] = [served[0], served.at(-1)]
  if (!leaf || !end) return []
  if (isSelfSigned(leaf)) return [found('self-signed', called(leaf), 'It certifies itself; nobody vouches for it.')]
  const named = others.filter(each => each.x509.subject === end.x509.issuer)
  const rootOf = named.find(each => isSelfSigned(each) && signed(end, each.x509))
  if (rootOf)
    return [found('root-unknown', called(rootOf), 'The chain leads to it, and it is not among the trusted ones.')]
  if (named.length > 0) {
    return [found('signature-wrong', called(end), `Its issuer by name, ${end.issuer}, did not sign it.`)]
  }
  const where = end.issuers.length > 0 ? ` It is at ${end.issuers.join(', ')}.` : ''
  return [found('chain-incomplete', called(end), `Its issuer, ${end.issuer}, is not in what was given.${where}`)]
}

/** Whether it may be served under that name, by its own list and by what its issuers may certify (RFC 9525, RFC 5280). */
function ofName({served, root}: Path, host: string): CertificateFinding[] {
  const [leaf, ...issuers] = served
  if (!leaf) return []
  const {names} = leaf
  const listed = names.length === 0 ? 'It has no DNS names at all' : `Its DNS names are ${names.join(', ')}`
  const constraining = [...issuers, ...(root ? [root.certificate] : [])].flatMap(issuer => {
    const outside = names.filter(name => !permitted(name, issuer))
    return outside.map(name => found('name-constrained', called(issuer), `It may not certify ${name}.`))
  })
  if (names.some(name => covers(name, host))) return constraining
  return [found('name-not-covered', called(leaf), `${listed}, none of which covers ${host}.`), ...constraining]
}

function permitted(name: string, {nameConstraints}: Certificate): boolean {
  const trees = (list: GeneralSubtrees | undefined) =>
    [...(list ?? [])].flatMap(({base}) => (base.dNSName === undefined ? [] : [base.dNSName]))
  const allowed = trees(nameConstraints?.permittedSubtrees)
  const forbidden = trees(nameConstraints?.excludedSubtrees)
  const bare = name.replace(/^\*\./, '')
  return (allowed.length === 0 || allowed.some(tree => below(bare, tree))) && !forbidden.some(tree => below(bare, tree))
}

function ofLeaf(leaf: Certificate): CertificateFinding[] {
  const subject = called(leaf)
  const {isAuthority, extendedKeyUsage: purposes, keyUsage, ocsp, extensions} = leaf
  const signs = keyUsage === undefined || (keyUsage & KeyUsageFlags.digitalSignature) !== 0
  const mustStaple = extensions.some(({id}) => id === tlsFeature)
  const given = purposes === undefined ? 'It says nothing of its purpose' : 'It is for other purposes'
  return [
    ...(isAuthority
      ? [found('leaf-is-authority', subject, 'It may certify others: it is no server certificate.')]
      : []),
    ...(purposes?.includes(serverAuth) ? [] : [found('not-for-servers', subject, `${given}, not for TLS servers.`)]),
    ...(signs ? [] : [found('key-usage', subject, 'Its key may not sign, which every TLS 1.3 handshake needs.')]),
    ...(mustStaple && ocsp.length === 0
      ? [found('staple-impossible', subject, 'It must be served with an OCSP answer, and names no responder.')]
      : []),
  ]
}

function ofExtensions(certificate: Certificate): CertificateFinding[] {
  const {extensions} = certificate
  const twice = extensions.filter(({id}, at) => extensions.findIndex(each => each.id === id) !== at)
  const unknown = extensions.filter(({id, critical}) => critical && !understood.has(id))
  return [
    ...twice.map(({id}) => found('extension-twice', called(certificate), `The extension ${id} stands in it twice.`)),
    ...unknown.map(({id}) =>
      found('critical-unknown', called(certificate), `Its critical extension ${id} is unknown.`),
    ),
  ]
}

/** What is given and not served. */
function ofExtras({served, root}: Path, others: readonly Certificate[]): CertificateFinding[] {
  const extras = others.filter(each => !served.includes(each))
  const related = (one: Certificate) =>
    one.fingerprint === root?.certificate.fingerprint ||
    served.some(each => each.x509.issuer === one.x509.subject || each.x509.subject === one.x509.subject)
  return extras.flatMap(each => {
    const weak = [...keyFindings(each), ...(isSelfSigned(each) ? [] : signatureFindings(each))]
    return [
      ...(related(each)
        ? each.fingerprint === root?.certificate.fingerprint
          ? [noted('root-included', called(each), 'A root was given; clients have their own.')]
          : []
        : [found('extra-certificate', called(each), 'It has nothing to do with the server certificate.')]),
      ...weak.map(({sentence}) => noted('extra-weak', called(each), sentence)),
    ]
  })
}

const serverAuth = '1.3.6.1.5.5.7.3.1'
const tlsFeature = '1.3.6.1.5.5.7.1.24'

/** Critical extensions a client understands (RFC 5280 §4.2), with the TLS feature. */
const understood = new Set([
  '2.5.29.14',
  '2.5.29.15',
  '2.5.29.17',
  '2.5.29.19',
  '2.5.29.30',
  '2.5.29.31',
  '2.5.29.32',
  '2.5.29.33',
  '2.5.29.35',
  '2.5.29.36',
  '2.5.29.37',
  '2.5.29.54',
  tlsFeature,
])
