import forge from 'node-forge'
import type {Secret} from '../secret/secret.ts'

/** What lay in a PKCS#12 file, in DER. */
export interface Unpacked {
  readonly certificates: readonly Buffer[]
  /** PKCS#8. */
  readonly keys: readonly Buffer[]
}

const {asn1, pkcs12, pki, util} = forge

/** Beyond it only who wants to keep us busy goes; OpenSSL and Windows write 2,000, Java 10,000. */
const mostRounds = 1_000_000

/**
 * Opens a PKCS#12 file (RFC 7292), with AES as today or RC2 and 3DES as of old, with an empty password when none is given.
 * Throws when it is none, is damaged, or the password does not open it.
 */
export function unpack(bytes: Uint8Array, password: Secret | undefined): Unpacked {
  if (rounds(parsed(bytes)) > mostRounds)
    throw new RangeError('it asks for more than a million rounds of key derivation')
  const bags = opened(bytes, password?.expose() ?? '').safeContents.flatMap(safe => safe.safeBags)
  return {
    certificates: bags
      .filter(({type}) => type === pki.oids.certBag)
      .map(({cert, asn1: raw}) => der(cert ? pki.certificateToAsn1(cert) : raw)),
    keys: bags
      .filter(({type}) => type === pki.oids.keyBag || type === pki.oids.pkcs8ShroudedKeyBag)
      .map(({key, asn1: raw}) => der(key ? pki.wrapRsaPrivateKey(pki.privateKeyToAsn1(key)) : raw)),
  }
}

/** Where it is encrypted as today, letters beyond ASCII count as UTF-8, which the check sum of old knows nothing of. */
function opened(bytes: Uint8Array, password: string): forge.pkcs12.Pkcs12Pfx {
  try {
    return pkcs12.pkcs12FromAsn1(parsed(bytes), false, password)
  } catch (error) {
    if (!/[^ -~]/.test(password)) throw error
    const tree = parsed(bytes)
    if (Array.isArray(tree.value)) tree.value.splice(2)
    return pkcs12.pkcs12FromAsn1(tree, false, util.encodeUtf8(password))
  }
}

function parsed(bytes: Uint8Array): forge.asn1.Asn1 {
  return asn1.fromDer(util.createBuffer(Buffer.from(bytes).toString('binary')), false)
}

function der(tree: forge.asn1.Asn1 | undefined): Buffer {
  if (!tree) throw new RangeError('it holds something that is neither certificate nor key')
  return Buffer.from(asn1.toDer(tree).getBytes(), 'binary')
}

/** The most rounds any of its parameters asks for: a salt and a number behind it, wherever they stand. */
function rounds({value, type, constructed}: forge.asn1.Asn1): number {
  if (Array.isArray(value)) {
    const own = value.map((each, at) => (isSalt(value[at - 1]) && isNumber(each) ? numberOf(each) : 0))
    return Math.max(0, ...own, ...value.map(rounds))
  }
  if (type !== asn1.Type.OCTETSTRING || constructed) return 0
  const inner = attempt(value as string)
  return inner ? rounds(inner) : 0
}

const isSalt = (each: forge.asn1.Asn1 | undefined) => each?.type === asn1.Type.OCTETSTRING
const isNumber = ({type, value}: forge.asn1.Asn1) => type === asn1.Type.INTEGER && typeof value === 'string'
const numberOf = ({value}: forge.asn1.Asn1) => Number.parseInt(util.bytesToHex(value as string), 16)

function attempt(bytes: string): forge.asn1.Asn1 | undefined {
  try {
    return asn1.fromDer(util.createBuffer(bytes), false)
  } catch {
    return undefined
  }
}
