import type {Test} from 'tap'
import type {AcmeHost} from './acme-host.ts'
import {leafAt} from './certificate-lab.ts'
import {setPassword, visited} from './customer.ts'
import type {Place} from './edge-troubles.ts'
import {diesOncePerStep} from './lab-crash.ts'
import {must} from './prepared.ts'
import {onHost} from './tenant-hosts.ts'

/** Names of the customer's own, of both faces. */
export const [help, studio] = ['help.acme.example', 'studio.acme.example']

/** Both are served beside ours, people are sent there, and people come in there (R027); gone, ours are left. */
export async function ownNames(t: Test, place: Place, authority: AcmeHost): Promise<void> {
  const {cmc, name, addresses} = place
  const [, south] = addresses
  const resolver = ['--resolver', authority.address]
  t.match(await cmc.json('domain', 'add', 'acme', 'nowhere.acme.example', ...resolver), {
    exit: 5,
    answer: {verified: false, record: {type: 'CNAME', value: name}},
  })
  for (const [own, face] of [
    [help, 'presentation'],
    [studio, 'edition'],
  ] as const)
    t.match(await cmc.json('domain', 'add', 'acme', own, '--face', face, ...resolver), {
      exit: 0,
      answer: {verified: true},
    })
  const {exit, answer} = await cmc.json('certificate', 'issue', 'acme', '--host', help)
  t.equal(exit, 0, JSON.stringify(answer))
  t.equal(await leafAt(south, help), answer.fingerprint)
  t.not(await leafAt(south, name), answer.fingerprint, 'ours is served as before')
  const issue = await cmc.json('certificate', 'issue', 'acme', '--host', studio, '--detach')
  await diesOncePerStep(t, cmc, issue.answer.run)
  const shown = (await cmc.json('certificate', 'show', studio)).answer
  for (const address of addresses) t.equal(await leafAt(address, studio), shown.fingerprint)

  const [{id, url, editionUrl}] = (await cmc.json('tenant', 'show', 'acme')).answer.environments
  t.same([url, editionUrl], [`https://${help}/`, `https://${studio}/`], 'people are sent there')
  const config = async () =>
    JSON.parse((await onHost(cmc, 'north-1', 'cat', `/etc/selfhelp/${id}/presentation.json`)).out)
  const both = [`https://${help}`, `https://${name}`]
  t.match(await config(), {urls: {presentation: both[0]}, origins: both})
  await peopleComeIn(t, place, authority)
  t.match(await cmc.type('environment', 'drift'), {exit: 0})

  const remove = await cmc.json('domain', 'remove', help, '--confirm', help, '--detach')
  await diesOncePerStep(t, cmc, remove.answer.run)
  t.match(await cmc.json('domain', 'remove', studio, '--confirm', studio), {exit: 0})
  for (const own of [help, studio]) await t.rejects(leafAt(south, own), 'no certificate for a name nobody knows')
  t.match(await config(), {urls: {presentation: both[1]}, origins: [both[1]]})
  await must(cmc, 'tenant', 'invite', 'acme')
  t.notMatch(await must(cmc, 'tenant', 'document', 'acme'), 'acme.example', 'new links lead to ours')
  t.match(await cmc.type('environment', 'drift'), {exit: 0})
}

/** With the document of the hand-over, over the edge of the other site, trusting the authority and nobody else. */
async function peopleComeIn(t: Test, {cmc, addresses}: Place, authority: AcmeHost): Promise<void> {
  const [, address] = addresses
  await must(cmc, 'tenant', 'hand-over', 'acme', '--by', 'jdoe')
  const document = await must(cmc, 'tenant', 'document', 'acme')
  t.match(document, `https://${help}/`)
  const links = document.match(/https:\S+\/welcome\/\S+/g) ?? []
  t.ok(links.length >= 2, 'each account has its link')
  for (const link of links) t.equal(new URL(link).hostname, studio, 'links lead to the own name')
  const caFile = authority.issues
  const session = await setPassword({link: links[0] ?? '', password: 'correct horse battery staple', address, caFile})
  t.ok(session.length > 20, 'a password was chosen there')
  const page = await visited({url: `https://${help}/`, address, caFile})
  t.ok([200, 302, 303].includes(page.status), `readers come in at ${help}: ${page.status}`)
}
