import t from 'tap'
import {innerOf} from '../../src/flow/steps.ts'
import type {Spec} from '../../src/vpn/model.ts'
import {at, onGateway} from '../../src/vpn/wanted.ts'
import {acme, vpn} from './agreed.ts'

function probesOf(spec: Spec, number: number): unknown {
  const ours = {address: '198.51.100.1', identity: 'vpn-north.example.org', inner: innerOf(number)}
  const wanted = onGateway({vpn: vpn(spec, number), ours})
  const found = wanted.find(each => each.kind === 'file' && each.path === at.probes(spec.tenant))
  return found?.kind === 'file' ? found.content : undefined
}

t.test('servers of a customer whose numbers are its own are probed by them', async t => {
  t.equal(probesOf(acme, 1), 'directory 10.20.0.10 636 100.64.0.1\nmail 10.20.0.25 465 100.64.0.1\n')
})

t.test(
  'servers of a renamed customer are probed by the new name: by the real one the neighbour would answer',
  async t => {
    const globex = {...acme, tenant: 'globex', networks: [{network: '10.20.0.0/16', seenAs: '100.96.0.0/16'}]}
    t.equal(probesOf(globex, 2), 'directory 100.96.0.10 636 100.64.0.2\nmail 100.96.0.25 465 100.64.0.2\n')
  },
)
