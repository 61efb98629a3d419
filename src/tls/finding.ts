import type {ScanFinding} from './model.ts'

/** What may be found, in the languages of contracts; `{word}` is filled with what was found. */
export const sentences = {
  'cbc-sha1': {
    en: '{suite} is offered ({versions}): CBC with SHA-1.',
    fr: '{suite} est proposée ({versions}) : CBC avec SHA-1.',
  },
  group: {en: 'The group {group} is offered.', fr: 'Le groupe {group} est proposé.'},
  hsts: {
    en: 'Strict-Transport-Security is {found}; it is to last {seconds} s.',
    fr: 'Strict-Transport-Security vaut {found} ; il doit durer {seconds} s.',
  },
  'hsts-missing': {
    en: 'Strict-Transport-Security is not sent; it is to last {seconds} s.',
    fr: 'Strict-Transport-Security n’est pas envoyé ; il doit durer {seconds} s.',
  },
  'http-elsewhere': {
    en: 'http answers with {status} {location}, not only with a way to https.',
    fr: 'http répond {status} {location}, au lieu de seulement renvoyer vers https.',
  },
  'http-page': {
    en: 'http answers with {status} and no redirect, not only with a way to https.',
    fr: 'http répond {status} sans redirection, au lieu de seulement renvoyer vers https.',
  },
  http2: {en: 'HTTP/2 is not offered.', fr: 'HTTP/2 n’est pas proposé.'},
  'no-tls': {
    en: 'The node agrees to no TLS connection for this name at all.',
    fr: 'Le serveur n’accepte aucune connexion TLS pour ce nom.',
  },
  'not-recorded': {
    en: 'The ledger has no certificate for this name.',
    fr: 'Aucun certificat n’est enregistré pour ce nom.',
  },
  'other-certificate': {
    en: "It serves the certificate {served}…; the ledger's is {recorded}….",
    fr: 'Le serveur présente le certificat {served}… au lieu de {recorded}….',
  },
  protocol: {en: '{protocol} is offered.', fr: '{protocol} est proposé.'},
  silent: {en: '{why}', fr: 'Le serveur ne répond pas : {why}'},
  suite: {en: '{suite} is offered ({versions}).', fr: '{suite} est proposée ({versions}).'},
  'suite-forbidden': {
    en: '{suite} is offered ({versions}): {kind}.',
    fr: '{suite} est proposée ({versions}) : {kind}.',
  },
  'unknown-name': {
    en: 'A client that names another host, or none, gets a certificate.',
    fr: 'Un client qui demande un autre nom, ou aucun, obtient un certificat.',
  },
} as const satisfies Record<string, {readonly en: string; readonly fr: string}>

export type What = keyof typeof sentences
type Values = Readonly<Record<string, string>>

/** A finding, and its sentence in English. */
export function finding(
  what: What,
  about: Pick<ScanFinding, 'rule' | 'source' | 'remedy'>,
  values: Values = {},
): ScanFinding {
  return {...about, what, values, sentence: filled(sentences[what].en, values)}
}

/** The same in that language; what was kept by an older version only has its sentence. */
export function sentenceIn(locale: 'en' | 'fr', {what, values = {}, sentence}: ScanFinding): string {
  const known = what === undefined ? undefined : sentences[what as What]?.[locale]
  return known === undefined ? sentence : filled(known, locale === 'fr' ? french(values) : values)
}

/** Of what stands in values, only kinds of ciphers are words. */
function french(values: Values): Values {
  return values.kind === 'anonymous' ? {...values, kind: 'anonyme'} : values
}

function filled(text: string, values: Values): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, word) => values[word] ?? whole)
}
