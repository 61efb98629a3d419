import {readFileSync} from 'node:fs'
import t from 'tap'
import {differences} from '../../src/contract/difference.ts'
import type {Contract} from '../../src/contract/model.ts'
import {readContract} from '../../src/contract/read.ts'

const acme = readContract(readFileSync(new URL('../../examples/acme.yaml', import.meta.url)), 'acme.yaml')
const without = (map: object, key: string) => Object.fromEntries(Object.entries(map).filter(([name]) => name !== key))
const [jdoe, secu] = acme.contacts as [Contract['contacts'][number], Contract['contacts'][number]]

t.test('a contract does not differ from itself, nor from one whose contacts stand in another order', async t => {
  t.strictSame(differences(acme, acme), [])
  t.strictSame(differences(acme, {...acme, contacts: [secu, jdoe]}), [])
})

t.test('each field that differs is named with what it was and what it becomes', async t => {
  const after = {
    ...acme,
    end: '2030-11-30',
    residency: ['FR', 'DE'],
    environments: {...acme.environments, training: {topology: 'single'}},
    study: without(acme.study, 'mail'),
    contacts: [
      {...jdoe, email: 'jane@acme.test'},
      {...secu, id: 'boss'},
    ],
  } as Contract
  t.strictSame(
    differences(acme, after).map(({field, before, after}) => [field, before, after]),
    [
      ['end', '2029-11-30', '2030-11-30'],
      ['residency', 'FR', 'FR, DE'],
      ['environments.training.topology', undefined, 'single'],
      ['contacts.jdoe.email', 'jane.doe@acme.test', 'jane@acme.test'],
      ['contacts.boss.name', undefined, 'Sam Cure'],
      ['contacts.boss.email', undefined, 'security@acme.test'],
      ['contacts.boss.language', undefined, 'en'],
      ['contacts.boss.roles', undefined, 'security'],
      ['study.mail', 'Sent through the relay of the platform.', undefined],
      ['contacts.secu.name', 'Sam Cure', undefined],
      ['contacts.secu.email', 'security@acme.test', undefined],
      ['contacts.secu.language', 'en', undefined],
      ['contacts.secu.roles', 'security', undefined],
    ],
  )
})
