import type {Answer, Question} from './model.ts'

/**
 * Many questions of one name are asked as one call, because a process on the machine costs more than a question.
 * `join` makes the arguments of that call; `split` finds one question's part in what it said.
 */
interface Merging {
  join(questions: readonly Question[]): readonly string[]
  split(answer: Answer): (question: Question) => string
}

const merging: Readonly<Record<string, Merging>> = {
  file: {
    join: questions => [
      questions.map(({args}) => args[1] ?? '-').join(' '),
      ...questions.map(({args}) => args[0] ?? ''),
    ],
    split: splitFiles,
  },
  stat: {join: firstArguments, split: ({out}) => byFirstArgument(pairs(out.split('\0')))},
  package: {
    join: firstArguments,
    split: ({out}) => byFirstArgument(new Map(lines(out).map(line => [upTo(line, '\t'), line]))),
  },
  unit: {join: firstArguments, split: splitUnits},
  user: {join: firstArguments, split: splitUsers},
  assembly: {join: questions => questions.flatMap(({args}) => args), split: splitAssemblies},
  haproxy: {join: questions => questions.flatMap(({args}) => args), split: splitHaproxy},
}

export interface Asked {
  readonly frames: readonly Question[]
  /** Each question's own answer, in the order asked, out of the answers of the frames. */
  answers(answers: readonly Answer[]): readonly Answer[]
}

/** The frames that ask all these questions in as few calls as possible; equal questions are asked once. */
export function asking(questions: readonly Question[]): Asked {
  const groups = [...Map.groupBy(questions, q => (merging[q.ask] ? q.ask : JSON.stringify([q.ask, q.args]))).values()]
  const asked = groups.map(group => distinct(group))
  return {
    frames: asked.map(frame),
    answers(answers) {
      const found = new Map<string, Answer>()
      for (const [n, group] of asked.entries())
        for (const [key, answer] of parts(group, answers[n])) found.set(key, answer)
      return questions.map(q => found.get(keyOf(q)) ?? silent)
    },
  }
}

const silent: Answer = {exit: 127, out: '', err: ''}

const keyOf = ({ask, args}: Question) => JSON.stringify([ask, args])

function distinct(group: readonly Question[]): readonly Question[] {
  return [...new Map(group.map(q => [keyOf(q), q])).values()]
}

function frame(group: readonly Question[]): Question {
  const ask = group[0]?.ask ?? ''
  return {ask, args: merging[ask]?.join(group) ?? group[0]?.args ?? []}
}

function parts(group: readonly Question[], answer: Answer = silent): readonly (readonly [string, Answer])[] {
  const part = merging[group[0]?.ask ?? '']?.split(answer)
  return group.map(q => [keyOf(q), part ? {...answer, out: part(q)} : answer] as const)
}

function firstArguments(questions: readonly Question[]): readonly string[] {
  return [...new Set(questions.map(({args}) => args[0] ?? ''))]
}

function byFirstArgument(found: ReadonlyMap<string, string>): (question: Question) => string {
  return ({args}) => found.get(args[0] ?? '') ?? ''
}

/** A file's part: its stat record, its hash, its content in base64, each on a line, as far as there is one. */
function splitFiles({out}: Answer): (question: Question) => string {
  const fields = out.split('\0')
  const border = fields.indexOf('')
  const stats = pairs(fields.slice(0, border))
  const sums = new Map(lines(fields[border + 1] ?? '').map(sum))
  const contents = pairs(fields.slice(border + 2))
  return ({args: [path = '']}) => {
    const stat = stats.get(path)
    return stat === undefined ? '' : [stat, sums.get(path) ?? '', contents.get(path) ?? ''].join('\n').trimEnd()
  }
}

/** An assembly's part: its stat record, its sum, the sum of its fragments, each on a line. */
function splitAssemblies({out}: Answer): (question: Question) => string {
  const fields = out.split('\0')
  const border = fields.indexOf('')
  const stats = pairs(fields.slice(0, border))
  const sums = triples(fields.slice(border + 1))
  return ({args: [path = '', from = '']}) => `${stats.get(path) ?? ''}\n${sums.get(`${path}\0${from}`) ?? ''}`
}

/** sha256sum marks a line with a backslash when it had to escape the name. */
function sum(line: string): [string, string] {
  const strange = line.startsWith('\\')
  const [hash, name] = [line.slice(strange ? 1 : 0).slice(0, 64), line.slice(strange ? 67 : 66)]
  const plain = (_: string, letter: string) => (letter === 'n' ? '\n' : letter === 'r' ? '\r' : '\\')
  return [strange ? name.replace(/\\([nr\\])/g, plain) : name, hash]
}

function splitUnits({out}: Answer): (question: Question) => string {
  const blocks = out.split('\n\n').map(block => block.trim())
  const found = new Map<string, string>()
  for (const block of blocks)
    for (const name of /^Names=(.*)$/m.exec(block)?.[1]?.split(' ') ?? []) found.set(name, block)
  for (const block of blocks) found.set(/^Id=(.*)$/m.exec(block)?.[1] ?? '', block)
  return byFirstArgument(found)
}

/** A user's part: the line of passwd, then the groups it was added to, on one line. */
function splitUsers({out}: Answer): (question: Question) => string {
  const [passwd = '', group = ''] = out.split('\0')
  const users = new Map(lines(passwd).map(line => [upTo(line, ':'), line]))
  const groups = lines(group).map(line => line.split(':'))
  return ({args: [name = '']}) => {
    const line = users.get(name)
    const member = groups.filter(([, , , users = '']) => users.split(',').includes(name)).map(([group]) => group)
    return line === undefined ? '' : `${line}\n${member.sort().join(' ')}`
  }
}

/** What HAProxy said to each command, with the part of it that was asked for. */
function splitHaproxy({out}: Answer): (question: Question) => string {
  const found = triples(out.split('\0'))
  return ({args: [command = '', part = '']}) => found.get(`${command}\0${part}`) ?? ''
}

function pairs(fields: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (let n = 0; n + 1 < fields.length; n += 2) found.set(fields[n] ?? '', fields[n + 1] ?? '')
  return found
}

/** The third of each three by the first two. */
function triples(fields: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (let n = 0; n + 2 < fields.length; n += 3) found.set(`${fields[n]}\0${fields[n + 1]}`, fields[n + 2] ?? '')
  return found
}

const lines = (text: string) => text.split('\n').filter(line => line !== '')

const upTo = (line: string, mark: string) => line.slice(0, line.indexOf(mark))
