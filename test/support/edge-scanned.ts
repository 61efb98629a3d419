import type {Test} from 'tap'
import type {Centre} from './centre.ts'
import {onHost} from './tenant-hosts.ts'

/** Scans the edge of acme/production from outside, weakens it by hand, scans it again, and has policies mend it. */
export async function scannedAndWeakened(t: Test, cmc: Centre): Promise<void> {
  await cmc.type('probe', 'add', 'outside', '--netns', (await cmc.status()).outside.netns)
  const strong = await cmc.json('certificate', 'scan', 'acme/production', '--tool', 'sslscan')
  t.match(strong, {exit: 0, answer: {policy: 'intermediate', findings: 0}})
  for (const {scan} of strong.answer.items) t.match(scan, {protocols: ['TLSv1.2', 'TLSv1.3'], strictSni: true})
  t.ok(strong.answer.opinions.every(({passed}: {passed: boolean}) => passed))
  t.match((await cmc.type('certificate', 'report', 'acme/production')).out, 'Tout est conforme aux engagements.')
  const weaken =
    "sed -i -e 's/ strict-sni//' -e '/Strict-Transport/d' /etc/haproxy/haproxy.cfg && systemctl reload haproxy"
  await onHost(cmc, 'north-1', 'sh', '-c', weaken)
  const weak = await cmc.json('certificate', 'scan', 'acme/production')
  t.equal(weak.exit, 5)
  const rules = weak.answer.items[0].findings.map(({rule}: {rule: string}) => rule)
  t.same(rules, ['strict-sni', 'hsts'])
  t.match((await cmc.type('certificate', 'report', 'acme/production')).out, 'strict-sni')
  const modern = await cmc.json('tls', 'policy', 'set', 'modern')
  t.match(modern, {exit: 0, answer: {policy: 'modern', scan: {findings: 0}}})
  for (const {scan} of modern.answer.scan.items) t.same(scan.protocols, ['TLSv1.3'])
  t.match(await cmc.json('tls', 'policy', 'set', 'intermediate'), {exit: 0, answer: {scan: {findings: 0}}})
}

/** testssl takes more than a minute for a name at an edge: `npm run test:deep` has it. */
export async function secondOpinions(t: Test, cmc: Centre): Promise<void> {
  const words = ['certificate', 'scan', 'acme/production', '--tool', 'sslscan', '--tool', 'testssl']
  const {exit, answer} = await cmc.json(...words)
  t.equal(exit, 0, JSON.stringify(answer))
  for (const tool of ['sslscan', 'testssl']) {
    const said = answer.opinions.filter((each: {tool: string}) => each.tool === tool)
    t.equal(said.length, answer.items.length, `${tool} looked at every name at every edge`)
    t.match(said, Array(said.length).fill({passed: true, findings: [], version: /^\d+\.\d+/}))
    const {out} = await cmc.type('certificate', 'report', 'acme/production')
    t.ok(out.includes(`${tool} ${said[0].version}`), 'the page has it, with its version')
  }
}
