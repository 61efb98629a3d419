import t from 'tap'
import {readiness} from '../../src/environment/asking.ts'
import type {Environment} from '../../src/environment/model.ts'
import type {Platform} from '../../src/environment/platform.ts'
import {accounts, welcomes} from '../../src/environment/steps.ts'
import type {Machine} from '../../src/machine/model.ts'
import type {At} from '../../src/runbook/model.ts'
import {acme} from '../support/tenant-world.ts'

const environment = {
  id: 'eabcdef',
  placed: [{role: 'edition', host: 'north-1', reason: 'a test'}],
  hostnames: {presentation: 'acme.ezvsaas.test', edition: 'acme-edition.ezvsaas.test'},
  domains: [],
} as unknown as Environment

t.test("a service's admin socket is asked as the service's own user: root would follow its links", async t => {
  t.match(readiness(environment, 1), {ask: 'run_as', args: ['eabcdef', 'perl']})
  const seen: {readonly ask?: string; readonly act?: string; readonly args: readonly string[]}[] = []
  const welcome = {url: 'https://acme-edition.ezvsaas.test/welcome/x', expiresAt: '2026-11-29T11:00:00Z'}
  const machine = {
    ask: async questions => {
      seen.push(...questions)
      return [{exit: 0, out: '{"items":[]}', err: ''}]
    },
    act: async (_, actions) => {
      seen.push(...actions)
      return actions.map(() => ({exit: 0, out: JSON.stringify({welcome}), err: ''}))
    },
  } as Pick<Machine, 'ask' | 'act'>
  const platform = {machine: async () => machine} as unknown as Platform
  const fence = {lock: 'environment:eabcdef', run: 'r1', epoch: 1}
  await accounts(platform, async () => [environment], acme).holds({} as never)
  await welcomes(platform, environment, {contract: acme, id: 'x', fence})
  t.ok(seen.length > 2)
  const garbled = {machine: async () => ({ask: async () => [{exit: 0, out: '<html>', err: ''}]})} as unknown as Platform
  await t.rejects(accounts(garbled, async () => [environment], acme).holds({} as never), {code: 'runtime-silent'})
  for (const frame of seen) t.match([frame.ask ?? frame.act, frame.args[0]], ['run_as', 'eabcdef'])
})

t.test(
  'accounts that were made by half are asked for as a whole under one id: the host goes on where it was cut',
  async t => {
    const asked: {readonly id: string; readonly actions: readonly unknown[]}[] = []
    const known: string[] = []
    const machine = {
      ask: async () => [{exit: 0, out: JSON.stringify({items: known.map(email => ({email}))}), err: ''}],
      act: async (id, actions) => {
        asked.push({id, actions})
        return actions.map(() => ({exit: 0, out: '{}', err: ''}))
      },
    } as Pick<Machine, 'ask' | 'act'>
    const platform = {machine: async () => machine} as unknown as Platform
    const fact = accounts(platform, async () => [environment], acme)
    const at = () => ({run: 'r1', fence: () => ({})}) as unknown as At
    await fact.make(at())
    known.push('test@acme-edition.ezvsaas.test')
    await fact.make(at())
    t.equal(asked.length, 2)
    t.same(asked[1], asked[0])
  },
)
