// The runbooks about certificates, each in a world of scripted machines that outlives its process.
import {X509Certificate} from 'node:crypto'
import {type AddressInfo, connect} from 'node:net'
import {createSecureContext, createServer, type SecureContext} from 'node:tls'
import {newServerKey} from '../../src/ca/steps.ts'
import {serverCertificate} from '../../src/ca/x509.ts'
import {beginIssue} from '../../src/certificate/begin.ts'
import {certificateIssue} from '../../src/certificate/issue.ts'
import type {Outside} from '../../src/certificate/prove.ts'
import {domainRemove} from '../../src/domain/remove.ts'
import type {Platform} from '../../src/environment/steps.ts'
import {insertDomain} from '../../src/ledger/domain.ts'
import type {Place} from './killable.ts'
import {standing, trial} from './tenant-trials.ts'

/** What is staged comes and goes again. */
const staged = /staged/

export const issue = (place: Place) =>
  trial(place, platform => certificateIssue({platform: certifying(platform), outside: () => edge(platform)}), {
    renewed: staged,
    begin: async world => {
      await standing(world)
      return beginIssue(world.ledger, {target: 'acme'})
    },
  })

export const domainRemoval = (place: Place) =>
  trial(place, domainRemove, {
    renewed: staged,
    begin: async world => {
      await standing(world)
      const [row] = await world.ledger.all<{id: string}>`select id from environment where name = 'production'`
      const [id, hostname] = [row?.id ?? '', 'help.acme.example']
      await insertDomain(world.ledger, {name: hostname, id, face: 'presentation'})
      return {tenant: 'acme', id, environment: 'acme/production', hostname}
    },
  })

/** With an authority whose certificates are certificates. */
function certifying(platform: Platform): Platform {
  const root = newServerKey()
  return {
    ...platform,
    authority: async () => ({
      ...(await platform.authority()),
      issue: async ({names: [first = '', ...others]}) => {
        const {publicKey, privateKey: key} = newServerKey()
        const [from, until] = [platform.clock.now(), platform.clock.now().add({hours: 24 * 90})]
        const by = {name: 'test', key: root.privateKey.expose()}
        const chain = serverCertificate(by, {hostnames: [first, ...others], publicKey, from, until})
        const fingerprint = new X509Certificate(chain).fingerprint256.replaceAll(':', '').toLowerCase()
        return {chain, key, fingerprint, notBefore: from, notAfter: until, issuer: 'test'}
      },
    }),
  }
}

/** A server in the place of every edge: it serves what was brought last for a name. */
async function edge({ledger, secrets}: Platform): Promise<Outside> {
  const newest = async (name: string): Promise<SecureContext> => {
    const row = await ledger.one<{chain: string; keySecret: string}>`
      select chain, key_secret from certificate where hostname = ${name} order by created_at desc limit 1`
    const key = await secrets.get(row?.keySecret ?? '')
    return createSecureContext({cert: row?.chain ?? '', key: key?.expose() ?? ''})
  }
  const server = createServer({
    SNICallback: (name, done) =>
      void newest(name).then(
        context => done(null, context),
        error => done(error),
      ),
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()))
  const {port} = server.address() as AddressInfo
  return {
    name: 'test',
    dial: async () => connect(port, '127.0.0.1'),
    close: async () => void server.close(),
  }
}
