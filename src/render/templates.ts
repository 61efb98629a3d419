/** What each template needs: a wrong fact is a type error. Nouns add their templates here, by path under `templates/`. */
export interface Templates extends Record<Maintenance, Notice> {
  'document/connection.en.txt': Connection
  'document/connection.fr.txt': Connection
  'document/flow.html': {
    readonly locale: string
    readonly title: string
    readonly heads: readonly string[]
    readonly closing: string
    /** Cells, escaped. */
    readonly groups: readonly {readonly title: string; readonly lines: readonly (readonly string[])[]}[]
  }
  /** Every text escaped. */
  'document/tls.html': {
    readonly locale: string
    readonly title: string
    readonly customer: string
    readonly subtitle: string
    readonly verdict: {readonly good: boolean; readonly text: string; readonly detail: string}
    readonly words: Readonly<
      Record<
        | ('findings' | 'protocols' | 'protocolsIntro' | 'weak' | 'weakIntro' | 'names' | 'suites' | 'suitesIntro')
        | ('evidence' | 'evidenceIntro' | 'yourself' | 'yourselfIntro' | 'footer'),
        string
      >
    >
    readonly findingHeads: readonly string[]
    readonly findings: readonly (readonly string[])[]
    readonly protocols: readonly Judged[]
    readonly weak: readonly Judged[]
    readonly names: readonly {
      readonly name: string
      readonly certificate: readonly LabelledRow[]
      readonly nodeHeads: readonly string[]
      readonly nodes: readonly JudgedRow[]
    }[]
    readonly offers: readonly LabelledRow[]
    readonly evidenceHeads: readonly string[]
    readonly evidence: readonly JudgedRow[]
    readonly yourself: readonly string[]
  }
  'document/vpn.html': {
    readonly locale: string
    readonly title: string
    readonly intro: string
    /** A name and a value in each row, escaped. */
    readonly groups: readonly {readonly title: string; readonly rows: readonly (readonly string[])[]}[]
    readonly configuration: string
    readonly configurationTitle: string
    readonly others: string
    readonly key: string
  }
  'etc/apt/apt.conf.d/99selfhelp': Nothing
  'etc/default/haproxy': Nothing
  'etc/haproxy/selfhelp/backend.d/backend.cfg': {
    /** `free`, or whose it is. */
    readonly use: string
    readonly host: string
    readonly address: string
    readonly port: number | string
    readonly closed: boolean
  }
  'etc/pgbackrest/conf.d/database.conf': BackupPeer
  'etc/pgbackrest/conf.d/repository.conf': BackupPeer & {
    readonly repository: string
    readonly passphrase: string
    readonly keepDays: number
  }
  'etc/pgbackrest/pgbackrest.conf': Nothing
  'etc/haproxy/selfhelp/check-certificate.cfg': Nothing
  'etc/haproxy/selfhelp/check.cfg': Nothing
  'etc/haproxy/haproxy.cfg': {
    readonly limits: Readonly<Record<string, number>>
    readonly threads: number
    /** A TLS policy, in HAProxy's words. */
    readonly tls: {
      readonly source: string
      readonly options: string
      readonly curves: string
      /** Of TLS 1.2; empty when it is not served. */
      readonly ciphers: string
      readonly ciphersuites: string
      readonly hsts: number
    }
  }
  'etc/postgresql-common/createcluster.d/selfhelp.conf': Nothing
  'etc/ssh/sshd_config.d/10-selfhelp.conf': {readonly user: string; readonly networks: readonly string[]}
  'etc/strongswan.d/charon/kernel-libipsec.conf': Nothing
  'etc/strongswan.d/selfhelp.conf': Nothing
  'etc/sudoers.d/selfhelp': {readonly user: string}
  'etc/sysctl.d/60-selfhelp-gateway.conf': Nothing
  'etc/systemd/journald.conf.d/selfhelp.conf': {readonly megabytes: number; readonly days: number}
  'etc/systemd/system/backup-heartbeat.service': BackupUnit & {readonly program: string; readonly port: number}
  'etc/systemd/system/backup-run.service': BackupUnit & {readonly type: 'full' | 'incr'}
  'etc/systemd/system/backup-verify.service': BackupUnit
  'etc/systemd/system/backup.timer': BackupUnit & {
    readonly what: string
    /** systemd.time(7), in UTC. */
    readonly calendar: string
    readonly persistent: boolean
    /** Of the service it starts: a new service is a new timer, which has systemd read both. */
    readonly serviceHash: string
  }
  'etc/systemd/system/environment-migrate.service': EnvironmentUnit
  'etc/systemd/system/environment-role.socket': {
    readonly id: string
    readonly name: string
    readonly role: 'presentation' | 'edition'
    readonly address: string
    readonly port: number
  }
  'etc/systemd/system/environment-role.service': EnvironmentUnit & {
    readonly role: 'presentation' | 'edition'
    readonly hostname: string
    readonly memoryMegabytes: number
  }
  'notice/en/connection-document.txt': Notice
  'notice/en/layout.html': Layout
  'notice/en/migration-done.txt': Notice
  'notice/en/migration-qualification.txt': Notice
  'notice/en/migration-qualified.txt': Notice
  'notice/en/migration-reminder.txt': Notice
  'notice/en/migration-rolled-back.txt': Notice
  'notice/en/override-approved.txt': Notice
  'notice/en/release-available.txt': Notice
  'notice/en/test.txt': Notice
  'notice/en/transfer-failed.txt': Notice
  'notice/fr/connection-document.txt': Notice
  'notice/fr/layout.html': Layout
  'notice/fr/migration-done.txt': Notice
  'notice/fr/migration-qualification.txt': Notice
  'notice/fr/migration-qualified.txt': Notice
  'notice/fr/migration-reminder.txt': Notice
  'notice/fr/migration-rolled-back.txt': Notice
  'notice/fr/override-approved.txt': Notice
  'notice/fr/release-available.txt': Notice
  'notice/fr/test.txt': Notice
  'notice/fr/transfer-failed.txt': Notice
  'etc/systemd/system/selfhelp-esp.service': Nothing
  'etc/systemd/system/selfhelp-vpn-probe.service': Nothing
  'etc/systemd/system/selfhelp-vpn-probe.timer': Nothing
  'etc/systemd/system/strongswan.service.d/selfhelp.conf': Nothing
  'etc/systemd/system/vpn-tenant.service': {
    readonly tenant: string
    /** Words for `ip`. */
    readonly up: readonly string[]
    readonly down: readonly string[]
  }
  'usr/local/lib/selfhelp/esp.sh': Nothing
  'usr/local/lib/selfhelp/vpn-loaded.sh': Nothing
  'usr/local/lib/selfhelp/vpn-watch.sh': Nothing
  'usr/local/lib/selfhelp/vpn-probe.pl': Nothing
}

interface EnvironmentUnit {
  readonly id: string
  /** `acme/production` */
  readonly name: string
  /** The start of a command line: the release's own node and main file. */
  readonly program: string
  /** Lines of a unit's [Service]. */
  readonly hardening: readonly string[]
}

/** One end of the backups of an environment, as pgBackRest knows the other. */
interface BackupPeer {
  readonly id: string
  /** `acme/production` */
  readonly name: string
  /** The name in the other end's client certificate. */
  readonly client: string
  /** The other host's name in its server certificate. */
  readonly peer: string
  readonly port: number
  readonly tls: {readonly ca: string; readonly certificate: string; readonly key: string}
  readonly data: string
  readonly database: number
}

interface BackupUnit {
  readonly id: string
  /** `acme/production` */
  readonly name: string
}

type Maintenance = `notice/${'en' | 'fr'}/maintenance-${'cancelled' | 'done' | 'moved' | 'planned'}.txt`

/** A template without facts. */
export type Nothing = Readonly<Record<string, never>>

interface Connection {
  readonly legalName: string
  /** The first instant at which a link ends, in words. */
  readonly until: string
  readonly environments: readonly {
    readonly name: string
    readonly presentation: string
    readonly edition: string
    readonly accounts: readonly {readonly email: string; readonly role: string; readonly link: string}[]
  }[]
}

/** What a notice tells, a line each; empty where there is nothing to say. */
export interface Notice {
  readonly name: string
  readonly legalName: string
  readonly environment: string
  readonly what: string
  readonly why: string
  readonly date: string
  readonly from: string
  readonly until: string
  readonly duration: string
  readonly zone: string
  readonly text: string
}

interface Layout {
  /** HTML, as are the paragraphs. */
  readonly title: string
  readonly paragraphs: readonly string[]
}

interface Judged {
  readonly name: string
  readonly good: boolean
  readonly says: string
}

interface JudgedRow {
  readonly cells: readonly string[]
  readonly good: boolean
  readonly says: string
}

/** A label, a value, and perhaps how the value is set. */
type LabelledRow = readonly [label: string, value: string, kind?: 'mono']
