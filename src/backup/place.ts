/** Where things of an environment's backups lie. */
export const at = {
  config: '/etc/pgbackrest/pgbackrest.conf',
  include: '/etc/pgbackrest/conf.d',
  ofEnvironment: (id: string) => `/etc/pgbackrest/conf.d/${id}.conf`,
  serverTls: {
    folder: '/etc/pgbackrest/tls',
    ca: '/etc/pgbackrest/tls/ca.pem',
    certificate: '/etc/pgbackrest/tls/server.crt',
    key: '/etc/pgbackrest/tls/server.key',
  },
  clientTls: (id: string) => ({
    ca: '/etc/pgbackrest/tls/ca.pem',
    certificate: `/etc/pgbackrest/tls/${id}.crt`,
    key: `/etc/pgbackrest/tls/${id}.key`,
  }),
  names: '/etc/selfhelp/hosts.d',
  repository: (id: string) => `/var/lib/pgbackrest/${id}`,
  data: (id: string) => `/var/lib/postgresql/15/${id}`,
  unit: (id: string, what: string) => `${id}-${what}`,
  unitFile: (id: string, what: string) => `/etc/systemd/system/${id}-${what}`,
  scratch: (name: string) => `/var/lib/postgresql/selfhelp-${name}`,
} as const
