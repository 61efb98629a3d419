/** What each template needs: a wrong fact is a type error. Nouns add their templates here, by path under `templates/`. */
export interface Templates {
  'etc/haproxy/haproxy.cfg': {readonly maxConnections: number; readonly threads: number}
  'etc/ssh/sshd_config.d/10-selfhelp.conf': {readonly user: string; readonly networks: readonly string[]}
  'etc/sudoers.d/selfhelp': {readonly user: string}
  'etc/systemd/journald.conf.d/selfhelp.conf': {readonly megabytes: number; readonly days: number}
}
