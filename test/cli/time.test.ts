import {readFileSync} from 'node:fs'
import t from 'tap'
import {instantOf} from '../../src/cli/time.ts'
import {Refusal} from '../../src/error.ts'

interface Case {
  readonly typed: string
  readonly instant?: string
  readonly refused?: string
}

const cases: Case[] = JSON.parse(readFileSync(new URL('time.cases.json', import.meta.url), 'utf8'))

for (const {typed, instant, refused} of cases) {
  if (instant !== undefined) {
    t.equal(instantOf(typed).toString(), instant, `${typed} is ${instant}`)
  } else {
    const error = t.throws(() => instantOf(typed), Refusal, `${JSON.stringify(typed)} is refused`) as Refusal
    t.equal(error.exit, 2)
    t.match(error.message, new RegExp(refused ?? ''))
  }
}
