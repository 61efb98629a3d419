import forge from 'node-forge'
import type {Secret} from '../secret/secret.ts'

/** What lay in a PKCS#12 file, in DER. */
export interface Unpacked {
  readonly certificates: readonly Buffer[]
  /** PKCS#8. */
  readonly keys: readonly Buffer[]
}

const {asn1, pkcs12, pki, util} = forge

/**
 * Opens a PKCS#12 file (RFC 7292), with AES as today or RC2 and 3DES as of old, with an empty password when none is given.
 * Throws when it is none, is damaged, or the password does not open it.
 */
export function unpack(bytes: Uint8Array, password: Secret | undefined): Unpacked {
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
