import {sshArgv} from '../../src/lab/enter.ts'
import {attempt} from '../../src/lab/local.ts'
import {knownHost, knownLab} from '../../src/lab/state.ts'
import {labStatus} from '../../src/lab/status.ts'
import {labUp} from '../../src/lab/up.ts'
import {silent} from './lab.ts'

/** A shell script as root on the customer's server; gives what it printed. Throws when it ended badly. */
export type Run = (script: string) => Promise<string>

/** A server of a customer, in a lab of its own: SFTP with a password for the account `cmc`, who may write into its folder `in`. */
export async function customerServer(lab: string, password: string) {
  await labUp({name: lab, sites: [{name: 'acme', count: 1}]}, silent)
  const run: Run = async script => {
    const known = await knownLab(lab)
    const there = sshArgv(known, knownHost(known, 'acme-1'), ['sh', '-c', script])
    const {ok, stdout, stderr, why} = await attempt(there, {timeout: 400_000})
    if (!ok) throw new Error(`${why}\n${script}\n${stdout}${stderr}`)
    return stdout
  }
  await run(`set -e; useradd --create-home --shell /bin/sh cmc; echo 'cmc:${password}' | chpasswd
    install -d -o cmc -g cmc /home/cmc/in
    mkdir -p /etc/ssh/sshd_config.d; echo 'PasswordAuthentication yes' >/etc/ssh/sshd_config.d/00-cmc.conf
    systemctl restart ssh`)
  const {address, hostKey} = (await labStatus(lab)).hosts[0] as {address: string; hostKey: string}
  return {run, address, hostKey}
}

/** And a proftpd: over TLS at 21, in clear at 2121; the account's folder `full` is a small disk. */
export async function ftpServers(run: Run): Promise<void> {
  await run(`set -e; export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq; apt-get install -y -qq --no-install-recommends proftpd-core proftpd-mod-crypto >/dev/null 2>&1
    install -d -o cmc -g cmc /home/cmc/full; mount -t tmpfs -o size=4m,uid=cmc,mode=0700 tmpfs /home/cmc/full
    chown cmc: /home/cmc/full
    for each in cert other; do openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=ftp.acme.test \\
      -keyout /etc/proftpd/$each.key -out /etc/proftpd/$each.pem 2>/dev/null; done`)
  await run(`cat >/etc/proftpd/proftpd.conf <<'END'
Include /etc/proftpd/modules.conf
LoadModule mod_tls.c
ServerType standalone
ServerName acme
UseIPv6 off
User proftpd
Group nogroup
Port 21
DefaultRoot ~
RequireValidShell off
PassivePorts 50000 50100
<Global>
  AllowOverwrite on
  AllowStoreRestart on
  TLSEngine on
  TLSRequired on
  TLSECCertificateFile /etc/proftpd/cert.pem
  TLSECCertificateKeyFile /etc/proftpd/cert.key
  TLSProtocol TLSv1.2 TLSv1.3
</Global>
<VirtualHost 0.0.0.0>
  Port 2121
  TLSEngine off
  TLSRequired off
  DefaultRoot ~
</VirtualHost>
END
proftpd --configtest >/dev/null 2>&1 || proftpd --configtest
systemctl restart proftpd`)
}
