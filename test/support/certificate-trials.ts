// The runbooks about certificates, each in a world of scripted machines that outlives its process.
import {createPrivateKey, X509Certificate} from 'node:crypto'
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {type AddressInfo, connect} from 'node:net'
import {join} from 'node:path'
import {createSecureContext, createServer, type SecureContext} from 'node:tls'
import {Temporal} from 'temporal-polyfill'
import {newServerKey} from '../../src/ca/steps.ts'
import {serverCertificate} from '../../src/ca/x509.ts'
import {beginIssue, beginRevoke} from '../../src/certificate/begin.ts'
import {certificateDeliver} from '../../src/certificate/deliver.ts'
import {certificateInstall, type Delivering, type NameInput} from '../../src/certificate/install.ts'
import {certificateIssue} from '../../src/certificate/issue.ts'
import type {Outside} from '../../src/certificate/prove.ts'
import {certificateTend, type DueRun} from '../../src/certificate/renew.ts'
import type {Ask} from '../../src/certificate/revocation.ts'
import {certificateRevoke} from '../../src/certificate/revoke.ts'
import {certificateStaple} from '../../src/certificate/staple.ts'
import {certificateScan} from '../../src/certificate/watch.ts'
import {domainRemove} from '../../src/domain/remove.ts'
import type {Platform} from '../../src/environment/steps.ts'
import {insertCertificate} from '../../src/ledger/certificate.ts'
import {noteSight, servedCertificate} from '../../src/ledger/certificate-life.ts'
import {insertDomain} from '../../src/ledger/domain.ts'
import {Secret} from '../../src/secret/secret.ts'
import {policies} from '../../src/tls/policy.ts'
import {certify, newKey} from './hierarchy.ts'
import type {Killable, Place} from './killable.ts'
import {wordOf} from './responder.ts'
import {standing, trial} from './tenant-trials.ts'

const hostname = 'acme.ezvsaas.test'

/** What is staged comes and goes again. */
const staged = /staged/

export const issue = (place: Place) =>
  trial(place, platform => certificateIssue(delivering(platform, place.folder)), {
    renewed: staged,
    begin: async world => {
      await standing(world)
      return beginIssue(world.ledger, {target: 'acme'})
    },
  })

export const install = (place: Place) =>
  trial(place, platform => certificateInstall(delivering(platform, place.folder)), {
    renewed: staged,
    begin: async world => {
      await standing(world)
      const {platform} = world
      const by = certify({authority: true, subject: 'Root'}, {key: newKey.p256(), at: platform.clock.now()})
      const {key, pem} = certify({names: [hostname]}, {key: newKey.p256(), at: platform.clock.now(), by})
      const [keySecret, leaf] = [`certificate/${hostname}/brought`, new X509Certificate(pem)]
      await platform.secrets.put(keySecret, new Secret(key.export({type: 'pkcs8', format: 'pem'}).toString()))
      const brought = {
        ...{chain: pem, keySecret, issuer: 'Root', source: 'customer' as const, fingerprint: printOf(leaf)},
        notBefore: instantOf(leaf.validFromDate),
        notAfter: instantOf(leaf.validToDate),
      }
      return {...(await nameOf(world)), brought}
    },
  })

export const deliver = (place: Place) =>
  trial(place, platform => certificateDeliver(delivering(platform, place.folder)), {
    renewed: staged,
    begin: async world => {
      await standing(world)
      const {platform, ledger} = world
      const missing = {host: 'north-1', state: 'missing', at: platform.clock.now(), proof: {}} as const
      await reissued(platform, place.folder)
      await noteSight(ledger, (await servedCertificate(ledger, hostname))?.id ?? '', missing)
      return nameOf(world)
    },
  })

export const revocation = (place: Place) =>
  trial(place, platform => certificateRevoke(delivering(platform, place.folder)), {
    renewed: staged,
    begin: async world => {
      await standing(world)
      return beginRevoke(world.ledger, {target: 'acme', hostname, code: 4})
    },
  })

export const staple = (place: Place) =>
  trial(place, platform => certificateStaple(delivering(platform, place.folder)), {
    begin: async world => {
      await standing(world)
      await reissued(world.platform, place.folder, 'http://responder.test/')
      return nameOf(world)
    },
  })

/** What is due is left to workers by its name; who asks twice gets the same run. */
export const tending = (place: Place): Killable => {
  const file = join(place.folder, 'queued.json')
  const queued = (): string[] => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [])
  const made = trial(
    place,
    ({ledger, clock}) => {
      const later = {...clock, now: () => clock.now().add({hours: 24 * 70})}
      const enqueue = async ({input}: DueRun) =>
        writeFileSync(file, JSON.stringify([...new Set([...queued(), input.hostname])]))
      return certificateTend({ledger, clock: later, enqueue})
    },
    {
      begin: async world => {
        await standing(world)
        return {}
      },
    },
  )
  return {...made, state: async () => [await made.state(), queued()]}
}

/** What was found is an event; what each look kept is evidence of its own. */
export const scanning = (place: Place): Killable => {
  const made = trial(
    place,
    platform => {
      const {ledger, clock} = platform
      const needs = async () => ({ledger, clock, policy: policies.intermediate, outside: await edge(platform)})
      return certificateScan(needs)
    },
    {
      begin: async world => {
        await standing(world)
        await reissued(world.platform, place.folder)
        return {}
      },
    },
  )
  const found = () =>
    place.ledger
      .all`select subject, jsonb_path_query_array(detail, '$.findings[*].rule') as rules from event order by subject`
  return {...made, state: async () => [await made.state(), await found()]}
}

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
export function certifying(platform: Platform): Platform {
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
export async function edge({ledger, secrets}: Platform): Promise<Outside> {
  const newest = async (name: string): Promise<SecureContext> => {
    const row = await ledger.one<{chain: string; keySecret: string}>`
      select chain, key_secret from certificate where hostname = ${name} order by created_at desc limit 1`
    const key = await secrets.get(row?.keySecret ?? '')
    return createSecureContext({cert: row?.chain ?? '', key: key?.expose() ?? ''})
  }
  const stapled = await ledger.one<{response: string}>`select response from staple where response is not null`
  const server = createServer({
    SNICallback: (name, done) =>
      void newest(name).then(
        context => done(null, context),
        error => done(error),
      ),
  })
  server.on('OCSPRequest', (_certificate, _issuer, give) => {
    give(null, stapled ? Buffer.from(stapled.response, 'base64') : Buffer.alloc(0))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()))
  const {port} = server.address() as AddressInfo
  return {
    name: 'test',
    dial: async () => connect(port, '127.0.0.1'),
    close: async () => void server.close(),
  }
}

/** An authority whose key outlives a process that is killed, and its responder. */
function authorityIn(folder: string) {
  const file = join(folder, 'authority.json')
  if (!existsSync(file)) {
    const key = newKey.p256()
    const {pem} = certify({authority: true, subject: 'Authority', days: 3650}, {key, at: epoch})
    writeFileSync(file, JSON.stringify({pem, key: key.export({type: 'pkcs8', format: 'pem'})}))
  }
  const {pem, key} = JSON.parse(readFileSync(file, 'utf8')) as {pem: string; key: string}
  return {pem, by: {subject: 'Authority', key: createPrivateKey(key)}}
}

const epoch = Temporal.Instant.from('2026-11-22T00:00:00Z')

/** The name is served with another certificate, whose authority answers in the folder. */
async function reissued({ledger, secrets, clock}: Platform, folder: string, ocsp?: string): Promise<void> {
  const {pem: issuer, by} = authorityIn(folder)
  const {key, pem} = certify({names: [hostname], ...(ocsp ? {ocsp} : {})}, {key: newKey.p256(), at: clock.now(), by})
  const [keySecret, leaf] = [`certificate/${hostname}/again`, new X509Certificate(pem)]
  await secrets.put(keySecret, new Secret(key.export({type: 'pkcs8', format: 'pem'}).toString()))
  await ledger.all`update certificate set state = 'replaced' where hostname = ${hostname}`
  await insertCertificate(ledger, {
    ...{
      hostname,
      chain: pem + issuer,
      keySecret,
      fingerprint: printOf(leaf),
      issuer: 'Authority',
      derogation: undefined,
    },
    notBefore: Temporal.Instant.from(instantOf(leaf.validFromDate)),
    notAfter: Temporal.Instant.from(instantOf(leaf.validToDate)),
  })
}

const printOf = ({fingerprint256}: X509Certificate) => fingerprint256.replaceAll(':', '').toLowerCase()
const instantOf = (date: Date) => Temporal.Instant.fromEpochMilliseconds(date.getTime()).toString()

async function nameOf({ledger}: {ledger: Platform['ledger']}): Promise<NameInput> {
  const [row] = await ledger.all<{id: string}>`select id from environment where name = 'production'`
  return {tenant: 'acme', id: row?.id ?? '', environment: 'acme/production', hostname}
}

function delivering(platform: Platform, folder: string): Delivering {
  const ask: Ask = async (_, body) => {
    const [from, until] = [-1, 6].map(days => new Date(platform.clock.now().epochMilliseconds + days * 86_400_000))
    return wordOf(body?.bytes ?? Buffer.alloc(0), {...authorityIn(folder), from: from as Date, until: until as Date})
  }
  return {platform: certifying(platform), outside: () => edge(platform), ask}
}
