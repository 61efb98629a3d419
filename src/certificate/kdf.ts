import forge from 'node-forge'

const {asn1, util} = forge

/** Beyond it only who wants to keep us busy goes; OpenSSL writes 2,048, Java 10,000, careful people 600,000 for each part. */
const most = 2_000_000
/** Nothing that is meant to be read lies deeper. */
const deepest = 32

/** How much key derivation may still be done for what was given; all of it counts together. */
export class Effort {
  #left = most

  /** Takes what these bytes in DER ask for. Throws `RangeError` when it is too much. */
  take(der: Uint8Array): void {
    const tree = attempt(Buffer.from(der).toString('binary'))
    this.#left -= tree ? roundsOf(tree, 0) : 0
    if (!(this.#left >= 0)) throw new RangeError('it asks for more than two million rounds of key derivation')
  }
}

/**
 * The rounds that all parameters in it ask for: a salt with numbers behind it, wherever they stand. One number, or two, is
 * PBKDF2 or PKCS#12 (rounds, length of the key); three are scrypt (RFC 7914 §7), whose cost is their product.
 */
function roundsOf({value, type, constructed}: forge.asn1.Asn1, depth: number): number {
  if (depth > deepest) return Number.POSITIVE_INFINITY
  if (Array.isArray(value)) {
    const own = value.map((each, at) => (isSalt(each) ? costOf(value.slice(at + 1)) : 0))
    return [...own, ...value.map(each => roundsOf(each, depth + 1))].reduce((sum, each) => sum + each, 0)
  }
  if (type !== asn1.Type.OCTETSTRING || constructed) return 0
  const inner = attempt(value as string)
  return inner ? roundsOf(inner, depth + 1) : 0
}

function costOf(behind: readonly forge.asn1.Asn1[]): number {
  const other = behind.findIndex(each => !isNumber(each))
  const numbers = (other < 0 ? behind : behind.slice(0, other)).map(numberOf)
  const [first = 0] = numbers
  return numbers.length < 3 ? first : numbers.slice(0, 3).reduce((product, each) => product * each, 1)
}

const isSalt = (each: forge.asn1.Asn1) => each.type === asn1.Type.OCTETSTRING
const isNumber = ({type, value}: forge.asn1.Asn1) => type === asn1.Type.INTEGER && typeof value === 'string'
const numberOf = ({value}: forge.asn1.Asn1) => Number.parseInt(util.bytesToHex(value as string), 16)

/** Undefined for what is no DER: then nothing is derived from it either. */
function attempt(bytes: string): forge.asn1.Asn1 | undefined {
  try {
    return asn1.fromDer(util.createBuffer(bytes), false)
  } catch {
    return undefined
  }
}
