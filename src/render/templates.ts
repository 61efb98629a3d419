/** What each template needs: a wrong fact is a type error. Nouns add their templates here, by path under `templates/`. */
export interface Templates {
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
  'etc/haproxy/selfhelp/check-certificate.cfg': Nothing
  'etc/haproxy/selfhelp/check.cfg': Nothing
  'etc/haproxy/haproxy.cfg': {readonly maxConnections: number; readonly perSource: number; readonly threads: number}
  'etc/postgresql-common/createcluster.d/selfhelp.conf': Nothing
  'etc/ssh/sshd_config.d/10-selfhelp.conf': {readonly user: string; readonly networks: readonly string[]}
  'etc/sudoers.d/selfhelp': {readonly user: string}
  'etc/systemd/journald.conf.d/selfhelp.conf': {readonly megabytes: number; readonly days: number}
  'etc/systemd/system/environment-migrate.service': EnvironmentUnit
  'etc/systemd/system/environment-role.service': EnvironmentUnit & {
    readonly role: 'presentation' | 'edition'
    readonly hostname: string
    readonly memoryMegabytes: number
  }
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
