import {execFileSync} from 'node:child_process'
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

/** A customer's own authority: a root, an intermediate, and leaves below it. */
export interface CustomerAuthority {
  readonly root: string
  /** Makes a leaf for a name; gives the files of chain and key. */
  leaf(
    file: string,
    name: string,
    how?: {days?: number; key?: 'ec' | 'rsa4096'; intermediates?: number},
  ): {cert: string; key: string}
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
    leaf(file, name, {days = 1400, key = 'ec', intermediates = 1} = {}) {
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
      ]
      sign(file, chain.at(-1) ?? 'root', {days, lines: [`subjectAltName=DNS:${name}`, ...usage]})
      const whole = [file, ...chain.toReversed()].map(one => readFileSync(at(`${one}.pem`), 'utf8')).join('')
      writeFileSync(at(`${file}-chain.pem`), whole)
      return {cert: at(`${file}-chain.pem`), key: at(`${file}.key`)}
    },
  }
}
