import {edgeFolders} from '../host/steps.ts'

/** Where things of an environment lie on a host: everything by its short id. */
export const at = {
  folder: (id: string) => `/etc/selfhelp/${id}`,
  secrets: (id: string) => `/etc/selfhelp/${id}/secret`,
  password: (id: string) => `/etc/selfhelp/${id}/secret/database-password`,
  databaseCa: (id: string) => `/etc/selfhelp/${id}/database-ca.pem`,
  databaseCertificate: (id: string) => `/etc/selfhelp/${id}/database.crt`,
  databaseKey: (id: string) => `/etc/selfhelp/${id}/database.key`,
  config: (id: string, role: string) => `/etc/selfhelp/${id}/${role}.json`,
  state: (id: string) => `/etc/selfhelp/${id}/state.json`,
  socket: (id: string, role: string) => `${id}-${role}.socket`,
  socketFile: (id: string, role: string) => `/etc/systemd/system/${id}-${role}.socket`,
  unit: (id: string, role: string) => `${id}-${role}.service`,
  unitFile: (id: string, role: string) => `/etc/systemd/system/${id}-${role}.service`,
  adminSocket: (id: string, role: string) => `/run/${id}-${role}/admin.socket`,
  edgeHosts: (id: string) => `${edgeFolders.hosts}/${id}`,
  edgeList: (id: string) => `${edgeFolders.crtList}/${id}`,
  edgeCertificate: (hostname: string) => `${edgeFolders.certificates}/${hostname}.pem`,
  edgeStaged: (hostname: string) => `${edgeFolders.staged}/${hostname}.pem`,
  farewell: (id: string) => `/var/lib/selfhelp/farewell-${id}.dump.enc`,
  release: (version: string) => `/opt/selfhelp/releases/${version}`,
} as const
