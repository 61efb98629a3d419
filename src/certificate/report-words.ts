import type {Locale} from '../contract/model.ts'

/** What the report says, in the customer's language. */
export interface ReportWords {
  readonly title: string
  readonly subtitle: (environment: string, at: string) => string
  readonly allGood: string
  readonly notGood: (count: number) => string
  readonly detail: (about: {names: number; edges: number; suites: number}) => string
  readonly findings: string
  readonly findingHeads: readonly string[]
  readonly protocols: string
  readonly protocolsIntro: string
  readonly offered: string
  readonly refused: string
  readonly weak: string
  readonly weakIntro: string
  readonly anonymous: string
  readonly names: string
  readonly nodeHeads: readonly string[]
  readonly certificate: Readonly<
    Record<'covers' | 'issuer' | 'from' | 'until' | 'key' | 'renewal' | 'fingerprint', string>
  >
  readonly renewed: Readonly<Record<'byUs' | 'byYou', (day: string) => string>>
  readonly asWanted: string
  readonly findingsCount: (count: number) => string
  readonly silent: string
  readonly suites: string
  readonly suitesIntro: string
  readonly offers: Readonly<
    Record<'policy' | 'suites13' | 'suites12' | 'groups' | 'alpn' | 'hsts' | 'http' | 'sni', string>
  >
  readonly days: (days: number) => string
  readonly toHttps: string
  readonly noHttp: string
  readonly pageOverHttp: string
  readonly onlyKnown: string
  readonly anybody: string
  readonly evidence: string
  readonly evidenceIntro: string
  readonly evidenceHeads: readonly string[]
  readonly passed: string
  readonly failed: string
  readonly yourself: string
  readonly yourselfIntro: string
  readonly failing: string
  readonly working: string
  readonly footer: string
}

const many = (count: number, one: string, more: string) => `${count} ${count === 1 ? one : more}`

const en: ReportWords = {
  title: 'How your connections are protected',
  subtitle: (environment, at) => `Environment ${environment}, as seen from outside on ${at}`,
  allGood: 'Everything is as promised.',
  notGood: count => `${count} ${count === 1 ? 'thing is' : 'things are'} not as promised.`,
  detail: ({names, edges, suites}) =>
    `${many(names, 'name was', 'names were')} examined on ${many(edges, 'server', 'servers')}, each by ${suites} ciphers of six versions of the protocol.`,
  findings: 'What is not as promised',
  findingHeads: ['Rule', 'Name', 'Server', 'What was found'],
  protocols: 'Versions of the protocol',
  protocolsIntro: 'Old versions have known weaknesses; your servers refuse them. Today’s are TLS 1.2 and TLS 1.3.',
  offered: 'offered',
  refused: 'refused',
  weak: 'Weak ciphers',
  weakIntro: 'Every cipher of these kinds was asked for, one by one. None may be accepted.',
  anonymous: 'Anonymous',
  names: 'Names and certificates',
  nodeHeads: ['Server', 'Versions', 'Web', 'Examined on', 'Result'],
  certificate: {
    ...{covers: 'Covers', issuer: 'Issued by', from: 'Valid from', until: 'Valid until'},
    ...{key: 'Key', renewal: 'Renewal', fingerprint: 'SHA-256'},
  },
  renewed: {
    byUs: day => `by us, from ${day} on`,
    byYou: day => `by you; we ask you for another from ${day} on`,
  },
  asWanted: 'as promised',
  findingsCount: count => `${count} ${count === 1 ? 'finding' : 'findings'}`,
  silent: 'no answer',
  suites: 'What your servers offer',
  suitesIntro: 'Each of these keeps what was sent secret even if the server’s key is stolen later.',
  offers: {
    ...{policy: 'Policy', suites13: 'Ciphers of TLS 1.3', suites12: 'Ciphers of TLS 1.2', groups: 'Key exchange'},
    ...{alpn: 'Web protocols', hsts: 'Only over https', http: 'Plain http', sni: 'Unknown names'},
  },
  days: days => `browsers remember it for ${days} days`,
  toHttps: 'sends to https, serves nothing',
  noHttp: 'does not answer',
  pageOverHttp: 'answers with a page',
  onlyKnown: 'get no certificate',
  anybody: 'get a certificate',
  evidence: 'Evidence',
  evidenceIntro: 'Each result is kept with its date and the version of the tool that found it.',
  evidenceHeads: ['Tool', 'About', 'On', 'Result'],
  passed: 'passed',
  failed: 'failed',
  yourself: 'See for yourself',
  yourselfIntro: 'With OpenSSL on any machine: the first line fails, the second works.',
  failing: 'refused: an old version',
  working: 'works: today’s version',
  footer: 'Times are those of your time zone. This page needs nothing from the Internet and can be printed.',
}

const fr: ReportWords = {
  title: 'Comment vos connexions sont protégées',
  subtitle: (environment, at) => `Environnement ${environment}, vu de l’extérieur le ${at}`,
  allGood: 'Tout est conforme aux engagements.',
  notGood: count =>
    `${count} ${count === 1 ? 'point n’est pas conforme' : 'points ne sont pas conformes'} aux engagements.`,
  detail: ({names, edges, suites}) =>
    `${many(names, 'nom a été examiné', 'noms ont été examinés')} sur ${many(edges, 'serveur', 'serveurs')}, chacun avec ${suites} suites de chiffrement dans six versions du protocole.`,
  findings: 'Ce qui n’est pas conforme',
  findingHeads: ['Règle', 'Nom', 'Serveur', 'Constat'],
  protocols: 'Versions du protocole',
  protocolsIntro:
    'Les anciennes versions ont des faiblesses connues ; vos serveurs les refusent. Celles d’aujourd’hui sont TLS 1.2 et TLS 1.3.',
  offered: 'proposée',
  refused: 'refusée',
  weak: 'Chiffrements faibles',
  weakIntro: 'Chaque suite de ces familles a été demandée, une par une. Aucune ne doit être acceptée.',
  anonymous: 'Anonyme',
  names: 'Noms et certificats',
  nodeHeads: ['Serveur', 'Versions', 'Web', 'Examiné le', 'Résultat'],
  certificate: {
    ...{covers: 'Couvre', issuer: 'Émis par', from: 'Valable du', until: 'Valable jusqu’au'},
    ...{key: 'Clé', renewal: 'Renouvellement', fingerprint: 'SHA-256'},
  },
  renewed: {
    byUs: day => `par nos soins, à partir du ${day}`,
    byYou: day => `par vos soins ; nous vous en demanderons un nouveau à partir du ${day}`,
  },
  asWanted: 'conforme',
  findingsCount: count => `${count} ${count === 1 ? 'constat' : 'constats'}`,
  silent: 'pas de réponse',
  suites: 'Ce que vos serveurs proposent',
  suitesIntro:
    'Chacune de ces suites garde secret ce qui a été échangé, même si la clé du serveur était volée plus tard.',
  offers: {
    ...{policy: 'Politique', suites13: 'Suites de TLS 1.3', suites12: 'Suites de TLS 1.2', groups: 'Échange de clés'},
    ...{alpn: 'Protocoles web', hsts: 'Uniquement en https', http: 'http en clair', sni: 'Noms inconnus'},
  },
  days: days => `les navigateurs le retiennent ${days} jours`,
  toHttps: 'renvoie vers https, ne sert rien',
  noHttp: 'ne répond pas',
  pageOverHttp: 'répond par une page',
  onlyKnown: 'ne reçoivent aucun certificat',
  anybody: 'reçoivent un certificat',
  evidence: 'Preuves',
  evidenceIntro: 'Chaque résultat est conservé avec sa date et la version de l’outil qui l’a établi.',
  evidenceHeads: ['Outil', 'Objet', 'Le', 'Résultat'],
  passed: 'conforme',
  failed: 'non conforme',
  yourself: 'Vérifiez par vous-même',
  yourselfIntro: 'Avec OpenSSL, depuis n’importe quelle machine : la première ligne échoue, la seconde aboutit.',
  failing: 'refusée : ancienne version',
  working: 'aboutit : version d’aujourd’hui',
  footer:
    'Les heures sont celles de votre fuseau horaire. Cette page n’a besoin de rien sur Internet et peut être imprimée.',
}

/** The words of each language a contract may have. */
export const reportWords: Readonly<Record<Locale, ReportWords>> = {en, fr}
