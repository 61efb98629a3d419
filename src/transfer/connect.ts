import type {Access, Courier} from './courier.ts'

/**
 * A connection to it. Throws `transfer-refused` when it is not who it must be (nothing was sent then) or does not let us
 * in, `transfer-failed` for everything else.
 */
export async function courierTo(access: Access): Promise<Courier> {
  if (access.protocol === 'sftp') return (await import('./sftp.ts')).overSftp(access)
  return (await import('./ftp.ts')).overFtp(access)
}
