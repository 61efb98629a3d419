import {createReadStream} from 'node:fs'
import type {z} from 'zod'
import {Refusal} from '../error.ts'
import type {Problem} from './model.ts'
import {pathText, readYaml, type Yaml} from './yaml.ts'

/** A document is a page or two; more is a mistake or an attack. Bytes. */
const largest = 1_000_000

/** What a YAML document of ours must look like, and how its fields are spoken of. */
export interface Shape<T = unknown> {
  /** As in `acme.yaml is not a valid contract`. */
  readonly name: string
  readonly schema: z.ZodType<T>
  fieldAt(path: readonly PropertyKey[]): {readonly expected: string; readonly remedy: string} | undefined
  /** The paths whose values are plain ASCII, so that look-alikes are named. */
  readonly ascii: RegExp
  /** The command or page that lists the keys. */
  readonly lists: string
  readonly remedies: readonly string[]
}

/** The bytes of that file, at most one more than allowed. Throws `Refusal('input-invalid')`. */
export async function bytesOf(file: string, name: string): Promise<Uint8Array> {
  try {
    // One byte more than allowed tells that it is too large, however large it is.
    const parts: Buffer[] = []
    for await (const part of createReadStream(file, {end: largest})) parts.push(part as Buffer)
    return Buffer.concat(parts)
  } catch (cause) {
    throw new Refusal('input-invalid', `The ${name} ${file} cannot be read: ${whyOf(cause)}.`, {
      facts: {file},
      remedies: ['Give the path of a file you may read.'],
      cause,
    })
  }
}

const whys: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this account may not read it',
  EISDIR: 'it is a folder',
}

function whyOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  return whys[code] ?? (cause instanceof Error ? cause.message : String(cause))
}

/** The document in these bytes. Throws `Refusal('input-invalid')` with all problems at once, each with its place. */
export function readDocument<T>(bytes: Uint8Array, file: string, shape: Shape<T>): T {
  const {document, problems} = checkedDocument(bytes, shape)
  if (document !== undefined && problems.length === 0) return document
  const shown = problems.slice(0, 20).map(problem => `  ${lineOf(file, problem)}`)
  if (problems.length > shown.length) shown.push(`  … and ${problems.length - shown.length} more`)
  throw new Refusal('input-invalid', `${file} is not a valid ${shape.name}:\n${shown.join('\n')}`, {
    facts: {file, problems},
    remedies: shape.remedies,
  })
}

/** The document, or what keeps these bytes from being one, in the order of the file. */
export function checkedDocument<T>(
  bytes: Uint8Array,
  shape: Shape<T>,
): {readonly document?: T; readonly problems: readonly Problem[]} {
  const text = textOf(bytes, shape)
  if (typeof text !== 'string') return {problems: [text]}
  const yaml = readYaml(text)
  const parsed = shape.schema.safeParse(yaml.value)
  const unread = yaml.problems.length > 0 && yaml.value === undefined
  const found = parsed.success || unread ? [] : parsed.error.issues.flatMap(issue => problemsOf(issue, {yaml, shape}))
  const problems = [...yaml.problems, ...found].sort((a, b) => a.line - b.line || a.column - b.column)
  return parsed.success ? {document: parsed.data, problems} : {problems}
}

interface Reading {
  readonly yaml: Yaml
  readonly shape: Shape
}

function textOf(bytes: Uint8Array, shape: Shape): string | Problem {
  const whole = (expected: string, remedy: string): Problem => ({line: 1, column: 1, path: '', expected, remedy})
  if (bytes.length > largest) {
    return whole(
      `at most ${largest} bytes, not ${bytes.length}`,
      `Name the ${shape.name} file, not an archive or a scan.`,
    )
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
    return whole('text in UTF-8', `Save the file as plain text in UTF-8; a scan or an archive is not a ${shape.name}.`)
  }
}

function problemsOf(issue: z.core.$ZodIssue, {yaml, shape}: Reading): readonly Problem[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map(key => unknownKey([...issue.path, key], {yaml, shape}))
  const missing = !isThere(yaml.value, issue.path)
  const field = shape.fieldAt(issue.path) ?? {expected: issue.message, remedy: 'Correct it.'}
  const own = (issue.code === 'custom' ? issue.params : undefined) as {expected: string; remedy: string} | undefined
  const named = shape.ascii.test(pathText(issue.path))
  const strange = own || !named ? undefined : strangeCharacter(valueAt(yaml.value, issue.path))
  return [
    {
      ...yaml.placeOf(issue.path),
      path: pathText(issue.path),
      expected: `${own?.expected ?? field.expected}${missing ? '; it is missing' : ''}${strange ? `; ${strange}` : ''}`,
      remedy: own?.remedy ?? field.remedy,
    },
  ]
}

function unknownKey(path: readonly PropertyKey[], {yaml, shape}: Reading): Problem {
  const parent = shape.fieldAt(path.slice(0, -1))
  return {
    ...yaml.placeOf(path, true),
    path: pathText(path),
    expected: `no such key here, but ${parent?.expected ?? 'the known ones'}`,
    remedy: `Correct the spelling, or take the line away; ${shape.lists} lists the keys.`,
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
function strangeCharacter(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined
  // biome-ignore lint/suspicious/noControlCharactersInRegex: anything but ASCII
  const found = /[^\u0000-\u007f]/u.exec(text)
  if (found === null) return undefined
  const code = (found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return `U+${code} at character ${found.index + 1} is not ASCII`
}

function lineOf(file: string, {line, column, path, expected, remedy}: Problem): string {
  return `${file}:${line}:${column}  ${path || '(file)'}: expected ${expected}. ${remedy}`
}
