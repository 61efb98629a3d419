// What the whole command line promises; read from the manifest, so it needs `npm run build`.
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import t from 'tap'
import {packageRoot} from '../../src/root.ts'
import {type Arg, type CommandFacts, commands, type Flag} from '../support/commands.ts'
import {sameAsFile} from '../support/golden.ts'

const all = commands()

function line({id, args, flags, strict}: CommandFacts): string {
  const words = Object.values(args).map(argText)
  const named = Object.values(flags).filter(({name}) => name !== 'json')
  return [
    `${id}${words.map(word => ` ${word}`).join('')}${strict ? '' : ' …'}`,
    ...named.map(flagText).toSorted(),
  ].join('\n    ')
}

function argText({name, required, options}: Arg): string {
  const text = options ? options.join('|') : name.toUpperCase()
  return required ? text : `[${text}]`
}

function flagText({name, char, type, helpValue, options, required, multiple, default: otherwise}: Flag): string {
  const value = type === 'boolean' ? '' : ` ${options?.join('|') ?? helpValue ?? 'VALUE'}`
  const text = `${char ? `-${char}, ` : ''}--${name}${value}${multiple ? ' …' : ''}`
  const given = otherwise === undefined || otherwise === false ? '' : ` = ${otherwise}`
  return `${required ? text : `[${text}]`}${given}`
}

t.test('the tree of commands is the agreed one; each also has --json', async t => {
  sameAsFile(t, 'test/golden/cli/commands.txt', `${all.map(line).join('\n')}\n`)
  for (const {id, flags} of all) t.ok('json' in flags, id)
})

t.test('every command says what it is for, and every word and flag is explained', async t => {
  for (const {id, summary, flags, args} of all) {
    t.match(summary, /^[A-Z].{1,77}[^.]$/, `${id}: a summary of one line of 80 columns, without a full stop`)
    for (const {name, description} of [...Object.values(flags), ...Object.values(args)]) {
      t.ok(description, `${id} ${name} is explained`)
    }
  }
})

/** Words for what changes nothing, the last of a command. Any other word is a change, and says with `--plan` what it would do. */
const looking =
  /(?:^| )(?:check|doctor|document|drift|explain|export|follow|list|matrix|plan|preview|relays|destinations|report|scan|schema|sheet|show|size|status|support-bundle|verify|budget)$/

/** Changes without `--plan`, each with its reason. */
const unplanned: Readonly<Record<string, string>> = {
  init: 'it makes the ledger that a plan would be compared with; typed again it changes nothing',
  scheduler: 'it begins what schedules say; `schedule run NAME --plan` says what that would do',
  worker: 'it executes what others asked for and signed, each with a plan of its own',
}
const ofLab = 'the lab is the rehearsal: hosts of this machine, no platform'

t.test('whatever changes something can be planned: its --plan prints what would be and stops', async t => {
  const changing = all.filter(({id, flags}) => 'reason' in flags || !looking.test(id))
  t.ok(changing.length > 60)
  for (const {id, flags} of changing) {
    const because = id.startsWith('lab ') ? ofLab : unplanned[id]
    if (because) t.notOk('plan' in flags, `${id} needs no exception`)
    else t.ok('plan' in flags, `${id} takes --plan`)
  }
  for (const id of Object.keys(unplanned))
    t.ok(
      changing.some(each => each.id === id),
      `${id} is there`,
    )
})

t.test('every change takes a reason, a ticket and the key that signs it', async t => {
  for (const {id, flags} of all.filter(each => 'plan' in each.flags)) {
    const missing = ['reason', 'ticket', 'operator-key'].filter(name => !(name in flags))
    t.same(missing, [], id)
  }
})

t.test('whoever takes --plan acts on it', async t => {
  for (const {id, flags} of all.filter(each => 'plan' in each.flags && 'reason' in each.flags)) {
    t.equal(flags.plan?.type, 'boolean', id)
    const source = readFileSync(join(packageRoot(), `commands/${id.replaceAll(' ', '/')}.ts`), 'utf8')
    t.match(source, /extends LedgerMutation|flags\.plan|\{[^}]*\bplan\b[^}]*\} = flags|flags: \{[^}]*\bplan\b/, id)
  }
})

for (const {id, examples = [], flags, args, strict} of all) {
  t.test(`selfhelp ${id} has two real examples`, async t => {
    t.ok(examples.length >= 2, 'two or more')
    t.equal(new Set(examples).size, examples.length, 'and no two alike')
    const needed = Object.values(flags).filter(({required}) => required)
    for (const example of examples) {
      const text = example.replaceAll('<%= config.bin %>', 'selfhelp').replaceAll('<%= command.id %>', id)
      const typed = /selfhelp .*/.exec(text)?.[0] ?? ''
      t.match(typed, `selfhelp ${id}`, 'it is about this command')
      const [ours = '', handedOn = ''] = typed.replace(/ [|>] .*/, '').split(' -- ')
      const named = [...ours.matchAll(/(?:^| )--([a-z][a-z0-9-]*)/g)].map(([, name]) => name ?? '')
      for (const name of named) t.ok(name in flags, `--${name} exists`)
      for (const {name} of needed) t.ok(named.includes(name), `--${name} is needed`)
      const required = Object.values(args).filter(each => each.required).length
      const words = wordsOf(ours, id, flags) + handedOn.split(' ').filter(Boolean).length
      t.ok(words >= required, `${required} words are needed`)
      if (strict) t.ok(words <= Object.keys(args).length, 'and no more than it takes')
    }
  })
}

/** How many words of an example are arguments. */
function wordsOf(typed: string, id: string, flags: CommandFacts['flags']): number {
  const rest = typed.slice(`selfhelp ${id}`.length).match(/'[^']*'|"[^"]*"|[^\s]+/g) ?? []
  let count = 0
  for (let at = 0; at < rest.length; at++) {
    const [, name, value] = /^--([^=]+)(=.*)?$/.exec(rest[at] ?? '') ?? []
    if (name === undefined) count++
    else if (value === undefined && flags[name]?.type === 'option') at++
  }
  return count
}
