// The runbook that sends a copy to the customer, whose server is a folder that outlives the process.
import {createHash} from 'node:crypto'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {buffer} from 'node:stream/consumers'
import {asEnvironment, type Environment} from '../../src/environment/model.ts'
import {environmentsOf} from '../../src/ledger/environment.ts'
import type {Answer, Machine} from '../../src/machine/model.ts'
import type {Runbook} from '../../src/runbook/model.ts'
import {Secret} from '../../src/secret/secret.ts'
import type {Courier} from '../../src/transfer/courier.ts'
import {readyToTransfer, setDestination} from '../../src/transfer/destination.ts'
import {backupTransfer} from '../../src/transfer/run.ts'
import type {Killable, Place} from './killable.ts'
import {standing} from './tenant-trials.ts'
import {acme, putSites, tenantWorldOn} from './tenant-world.ts'

const dump = 'everything of the database, encrypted'

export const sending = ({ledger, folder}: Place): Killable => {
  const world = tenantWorldOn(ledger, {keys: folder, folder})
  const [customer, host] = [join(folder, 'customer'), join(folder, 'packed')]
  mkdirSync(customer, {recursive: true})
  const platform = {...world.platform, machine: async (name: string) => packing(world.machine(name), host)}
  const named = async ({id}: {id: string}) =>
    (await environmentsOf(ledger)).map(asEnvironment).find(one => one.id === id) as Environment
  return {
    runbook: backupTransfer(platform, named, async () => courierInto(customer)) as unknown as Runbook,
    begin: async () => {
      await putSites(ledger)
      await standing(world, {...acme, options: {...acme.options, monthlyTransfer: true}})
      const to = 'sftp://cmc@sftp.acme.test/in'
      const trust = `ssh-ed25519 ${'A'.repeat(68)}`
      const wanted = {environment: 'acme/production', to, trust, secret: new Secret('word'), withKey: false}
      await setDestination({ledger, secrets: async () => platform.secrets}, wanted, platform.clock.now())
      return (await readyToTransfer(ledger, 'acme/production')).input
    },
    state: async () => {
      const rows =
        await ledger.all`select bytes, sha256, arrived_at is not null arrived, arrived_at_place from transfer`
      const there = readdirSync(customer).map(name => name.replace(/-\w{6}\.dump/, '-RUN.dump'))
      return {rows, there: there.sort(), left: existsSync(host), open: await ledger.all`select kind from event`}
    },
    effects: async () => {
      const names = readdirSync(customer).filter(name => name.endsWith('.enc'))
      return {copies: names.length}
    },
  }
}

/** A host that packs at once, and keeps the file until it is removed. */
function packing(machine: Machine, file: string): Machine {
  const done = (out: string, exit = 0): Answer => ({exit, out, err: ''})
  const ended = ['0', `${createHash('sha256').update(dump).digest('hex')}  -\n${dump.length}\n`, ''].join('\0')
  return {
    ...machine,
    ask: async questions => {
      const answers = await machine.ask(questions)
      return questions.map(({args}, at) => {
        if (args[0] === 'test' && args[1] === '-e') return done('', existsSync(file) ? 0 : 1)
        if (args[3] === 'read') return done(readFileSync(file).subarray(Number(args[5])).toString('base64'))
        return args[3] === 'job' ? done(ended) : (answers[at] as Answer)
      })
    },
    act: async (id, actions, fence) => {
      await machine.act(id, actions, fence)
      return actions.map(({args}) => {
        if (args[0] === 'rm') rmSync(file, {force: true})
        if (args[3] === 'job') writeFileSync(file, dump)
        return done('')
      })
    },
  }
}

function courierInto(folder: string): Courier {
  const at = (name: string) => join(folder, name)
  return {
    size: async name => (existsSync(at(name)) ? statSync(at(name)).size : undefined),
    write: async (name, from, content) => {
      const bytes = await buffer(content)
      if (from > 0) appendFileSync(at(name), bytes)
      else writeFileSync(at(name), bytes)
    },
    sum: async name =>
      createHash('sha256')
        .update(readFileSync(at(name)))
        .digest('hex'),
    remove: async name => rmSync(at(name), {force: true}),
    rename: async (from, to) => renameSync(at(from), at(to)),
    [Symbol.asyncDispose]: async () => {},
  }
}
