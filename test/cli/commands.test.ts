// What the whole command line promises; read from the manifest, so it needs `npm run build`.
import t from 'tap'
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
