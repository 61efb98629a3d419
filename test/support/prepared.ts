import {writeFileSync} from 'node:fs'
import type {Centre} from './centre.ts'

export const application = ['edge', 'presentation', 'edition', 'database']

type Roles = Readonly<Record<string, readonly string[]>>

/** Brings a fresh centre to where tenants can be created: sites, hosts with these roles, a release. Throws what was refused. */
export async function prepared(cmc: Centre, roles: Roles): Promise<void> {
  await adopted(cmc, roles)
  await hostsAreApplied(cmc)
  await must(cmc, 'release', 'build', '--reason', 'test')
}

/** What locks out unless it is confirmed in time is taken back on a machine that is very busy: asked again it goes on there. */
export async function hostsAreApplied(cmc: Centre): Promise<void> {
  for (let time = 1; time < 4; time++)
    if ((await cmc.type('host', 'apply', '--all', '--reason', 'test')).exit === 0) return
  await must(cmc, 'host', 'apply', '--all', '--reason', 'test')
}

/** Brings it to where its hosts can be applied. */
export async function adopted(cmc: Centre, roles: Roles): Promise<void> {
  const certified = ['--country', 'FR', '--tier', '3+', '--iso27001', '2099-06-30', '--soc2', '2099-03-31']
  const {hosts} = await cmc.status()
  for (const site of new Set(hosts.map(host => host.site))) await must(cmc, 'site', 'add', site, ...certified)
  for (const {name, hostKey} of hosts)
    await must(cmc, 'host', 'add', name, ...(await cmc.adopting(name, ...(roles[name] ?? []))), '--host-key', hostKey)
}

/** The command, which must end well. */
export async function must(cmc: Centre, ...words: readonly string[]): Promise<string> {
  const {exit, out, err} = await cmc.type(...words)
  if (exit !== 0) throw new Error(`selfhelp ${words.join(' ')} ended with ${exit}\n${out}\n${err}`)
  return out
}

/** Writes a small contract with one environment and returns its file. */
export function contractFile(folder: string, tenant: string, more: string): string {
  const file = `${folder}/${tenant}.yaml`
  const study = ['architecture', 'authentication', 'mail', 'vpn', 'flows', 'sizing']
  writeFileSync(
    file,
    `tenant: ${tenant}
legalName: ${tenant.toUpperCase()} SA
locale: en
timeZone: Europe/Paris
start: 2026-12-01
end: 2029-11-30
residency: [FR]
${more}
environments: {production: {topology: single}}
storagePacks: 0
options: {ownDomain: false, vpn: none, monthlyTransfer: false}
study: {${study.map(chapter => `${chapter}: as agreed`).join(', ')}}
contacts:
  - {id: jdoe, name: Jane Doe, email: jane.doe@${tenant}.test, language: en, roles: [operations, decision]}
`,
  )
  return file
}
