import {execFileSync, spawn} from 'node:child_process'
import {X509Certificate} from 'node:crypto'
import {once} from 'node:events'
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:net'
import {join} from 'node:path'
import type {Test} from 'tap'

/** A customer's own authority: a root, an intermediate, and leaves below it. */
export interface CustomerAuthority {
  readonly root: string
  /** Makes a leaf for a name; gives the files of chain and key. */
  leaf(
    file: string,
    name: string,
    how?: {days?: number; key?: 'ec' | 'rsa4096'; intermediates?: number; ocsp?: string; crl?: string},
  ): {cert: string; key: string}
  /** The list of the authority that signed a leaf, in DER: with that leaf on it, or empty. */
  revocationList(file: string, revoked: boolean): Buffer
  /** OpenSSL's own responder for a leaf that is made later, on loopback. */
  responder(
    t: Pick<Test, 'teardown'>,
    file: string,
  ): Promise<{readonly url: string; begin(): Promise<void>; stop(): void}>
}

/** Made with openssl in a folder of the test. */
export function customerAuthority(folder: string): CustomerAuthority {
  mkdirSync(folder, {recursive: true})
  const at = (name: string) => join(folder, name)
  const openssl = (...words: readonly string[]) =>
    execFileSync('openssl', [...words], {cwd: folder, stdio: ['ignore', 'pipe', 'ignore']})
  const newKey = (kind: 'ec' | 'rsa4096') =>
    kind === 'ec' ? ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'] : ['-newkey', 'rsa:4096']
  const authority = ['-addext', 'basicConstraints=critical,CA:true', '-addext', 'keyUsage=critical,keyCertSign,cRLSign']
  openssl(
    'req',
    '-x509',
    ...newKey('ec'),
    '-nodes',
    '-days',
    '7000',
    '-subj',
    '/CN=Customer Root',
    ...authority,
    '-keyout',
    'root.key',
    '-out',
    'root.pem',
  )
  const sign = (name: string, by: string, {days, lines}: {days: number; lines: readonly string[]}) => {
    writeFileSync(at(`${name}.ext`), `${lines.join('\n')}\n`)
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      `${by}.pem`,
      '-CAkey',
      `${by}.key`,
      '-CAcreateserial',
      '-days',
      `${days}`,
      '-extfile',
      `${name}.ext`,
      '-out',
      `${name}.pem`,
    )
  }
  const intermediate = (name: string, by: string, kind: 'ec' | 'rsa4096') => {
    openssl(
      'req',
      ...newKey(kind),
      '-nodes',
      '-subj',
      `/CN=Customer ${name}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
    )
    sign(name, by, {days: 6000, lines: ['basicConstraints=critical,CA:true', 'keyUsage=critical,keyCertSign,cRLSign']})
  }
  return {
    root: at('root.pem'),
    leaf(file, name, {days = 1400, key = 'ec', intermediates = 1, ocsp, crl} = {}) {
      const chain: string[] = []
      for (let n = 0; n < intermediates; n++) {
        const own = `${file}-intermediate-${n}`
        intermediate(own, chain.at(-1) ?? 'root', key)
        chain.push(own)
      }
      openssl('req', ...newKey(key), '-nodes', '-subj', `/CN=${name}`, '-keyout', `${file}.key`, '-out', `${file}.csr`)
      const usage = [
        'keyUsage=critical,digitalSignature',
        'extendedKeyUsage=serverAuth',
        'basicConstraints=critical,CA:false',
        ...(ocsp ? [`authorityInfoAccess=OCSP;URI:${ocsp}`] : []),
        ...(crl ? [`crlDistributionPoints=URI:${crl}`] : []),
      ]
      sign(file, chain.at(-1) ?? 'root', {days, lines: [`subjectAltName=DNS:${name}`, ...usage]})
      const whole = [file, ...chain.toReversed()].map(one => readFileSync(at(`${one}.pem`), 'utf8')).join('')
      writeFileSync(at(`${file}-chain.pem`), whole)
      return {cert: at(`${file}-chain.pem`), key: at(`${file}.key`)}
    },
    revocationList(file, revoked) {
      const {serialNumber} = new X509Certificate(readFileSync(at(`${file}.pem`)))
      const line = `R\t350101000000Z\t261120000000Z,keyCompromise\t${serialNumber}\tunknown\t/CN=${file}\n`
      writeFileSync(at('revoked.txt'), revoked ? line : '')
      const config = ['[ca]', 'default_ca=d', '[d]', 'database=revoked.txt', 'default_md=sha256', 'default_crl_days=2']
      writeFileSync(at('crl.cnf'), `${config.join('\n')}\n`)
      const by = ['-keyfile', `${file}-intermediate-0.key`, '-cert', `${file}-intermediate-0.pem`]
      openssl('ca', '-config', 'crl.cnf', '-gencrl', ...by, '-out', 'crl.pem')
      return openssl('crl', '-in', 'crl.pem', '-outform', 'DER')
    },
    responder: (t, file) => responderOf(t, {folder, file}),
  }
}

async function responderOf(t: Pick<Test, 'teardown'>, {folder, file}: {folder: string; file: string}) {
  const asked = createServer()
  await once(asked.listen(0, '127.0.0.1'), 'listening')
  const {port} = asked.address() as {port: number}
  await new Promise(resolve => asked.close(resolve))
  let stop = () => {}
  t.teardown(() => stop())
  return {
    url: `http://127.0.0.1:${port}/`,
    stop: () => stop(),
    begin: async () => {
      const {serialNumber} = new X509Certificate(readFileSync(join(folder, `${file}.pem`)))
      writeFileSync(join(folder, 'index.txt'), `V\t350101000000Z\t\t${serialNumber}\tunknown\t/CN=${file}\n`)
      const by = `${file}-intermediate-0`
      const signer = ['-rsigner', `${by}.pem`, '-rkey', `${by}.key`, '-CA', `${by}.pem`]
      const child = spawn('openssl', ['ocsp', '-index', 'index.txt', '-port', `${port}`, ...signer, '-ndays', '4'], {
        cwd: folder,
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      stop = () => child.kill('SIGKILL')
      // It says so when it listens.
      await new Promise<void>((resolve, reject) => {
        let said = ''
        child.stderr.on('data', data => {
          said += data
          if (/waiting for OCSP client connections/.test(said)) resolve()
        })
        child.once('exit', () => reject(new Error(`openssl ocsp ended: ${said}`)))
      })
    },
  }
}
