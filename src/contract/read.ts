import {Refusal} from '../error.ts'
import {fieldAt} from './field.ts'
import type {Contract, Problem} from './model.ts'
import {contractSchema} from './schema.ts'
import {pathText, readYaml, type Yaml} from './yaml.ts'

/** A contract is a page or two; more is a mistake or an attack. */
export const largest = 1_000_000

/** The contract in these bytes. Throws `Refusal('input-invalid')` with all problems at once, each with its place. */
export function readContract(bytes: Uint8Array, file: string): Contract {
  const {contract, problems} = checkedContract(bytes)
  if (contract !== undefined && problems.length === 0) return contract
  const shown = problems.slice(0, 20).map(problem => `  ${lineOf(file, problem)}`)
  if (problems.length > shown.length) shown.push(`  … and ${problems.length - shown.length} more`)
  throw new Refusal('input-invalid', `${file} is not a valid contract:\n${shown.join('\n')}`, {
    facts: {file, problems},
    remedies: ['selfhelp contract schema', 'Compare it with examples/acme.yaml.'],
  })
}

/** The contract, or what keeps these bytes from being one, in the order of the file. */
export function checkedContract(bytes: Uint8Array): {contract?: Contract; problems: readonly Problem[]} {
  const text = textOf(bytes)
  if (typeof text !== 'string') return {problems: [text]}
  const yaml = readYaml(text)
  const parsed = contractSchema.safeParse(yaml.value)
  const unread = yaml.problems.length > 0 && yaml.value === undefined
  const found = parsed.success || unread ? [] : parsed.error.issues.flatMap(issue => problemsOf(issue, yaml))
  const problems = [...yaml.problems, ...found].sort((a, b) => a.line - b.line || a.column - b.column)
  return parsed.success ? {contract: parsed.data as Contract, problems} : {problems}
}

function textOf(bytes: Uint8Array): string | Problem {
  const whole = (expected: string, remedy: string): Problem => ({line: 1, column: 1, path: '', expected, remedy})
  if (bytes.length > largest) {
    return whole(`at most ${largest} bytes, not ${bytes.length}`, 'Name the contract file, not an archive or a scan.')
  }
  try {
    const text = new TextDecoder('utf-8', {fatal: true}).decode(bytes)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
    const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.exec(text)
    if (control === null) return text
    const before = text.slice(0, control.index).split('\n')
    const place = {line: before.length, column: (before.at(-1)?.length ?? 0) + 1}
    return {...whole('text without control characters', 'Save the file as plain text.'), ...place}
  } catch {
    return whole('text in UTF-8', 'Save the file as plain text in UTF-8; a scan or an archive is not a contract.')
  }
}

type Issue =
  ReturnType<typeof contractSchema.safeParse> extends infer R
    ? R extends {error: {issues: (infer I)[]}}
      ? I
      : never
    : never

function problemsOf(issue: Issue, yaml: Yaml): readonly Problem[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map(key => unknownKey([...issue.path, key], yaml))
  const missing = !isThere(yaml.value, issue.path)
  const field = fieldAt(issue.path) ?? {expected: issue.message, remedy: 'Correct it.'}
  const own = (issue.code === 'custom' ? issue.params : undefined) as {expected: string; remedy: string} | undefined
  const strange = own ? undefined : strangeCharacter(yaml.value, issue.path)
  return [
    {
      ...yaml.placeOf(issue.path),
      path: pathText(issue.path),
      expected: `${own?.expected ?? field.expected}${missing ? '; it is missing' : ''}${strange ? `; ${strange}` : ''}`,
      remedy: own?.remedy ?? field.remedy,
    },
  ]
}

function unknownKey(path: readonly PropertyKey[], yaml: Yaml): Problem {
  const parent = fieldAt(path.slice(0, -1))
  return {
    ...yaml.placeOf(path, true),
    path: pathText(path),
    expected: `no such key here, but ${parent?.expected ?? 'the known ones'}`,
    remedy: 'Correct the spelling, or take the line away; `selfhelp contract schema` lists the keys.',
  }
}

function isThere(value: unknown, path: readonly PropertyKey[]): boolean {
  const [head, ...rest] = path
  if (head === undefined) return value !== undefined
  return typeof value === 'object' && value !== null && head in value && isThere(valueAt(value, [head]), rest)
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inside, part) => (inside as Record<PropertyKey, unknown> | undefined)?.[part], value)
}

/** Look-alikes cannot be seen, so they are named: `U+0430 at character 1 is not an ASCII letter`. */
function strangeCharacter(value: unknown, path: readonly PropertyKey[]): string | undefined {
  const text = valueAt(value, path)
  if (typeof text !== 'string' || !/tenant|sites|\.id|email|residency|timeZone/.test(pathText(path))) return undefined
  // biome-ignore lint/suspicious/noControlCharactersInRegex: anything but ASCII
  const found = /[^\u0000-\u007f]/u.exec(text)
  if (found === null) return undefined
  const code = (found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return `U+${code} at character ${found.index + 1} is not ASCII`
}

function lineOf(file: string, {line, column, path, expected, remedy}: Problem): string {
  return `${file}:${line}:${column}  ${path || '(file)'}: expected ${expected}. ${remedy}`
}
