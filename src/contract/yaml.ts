import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLMap,
} from 'yaml'
import type {Problem} from './model.ts'

const deepest = 16

/** A YAML text as plain data (objects without prototype), where each part stands, and what plain YAML forbids. */
export interface Yaml {
  readonly value: unknown
  readonly problems: readonly Problem[]
  /** Where a value stands, or the nearest thing around it; with `key`, the key itself. */
  placeOf(path: readonly PropertyKey[], key?: boolean): {line: number; column: number}
}

/** Reads YAML without its surprises: no anchors, aliases, tags, merge keys, directives or second documents. */
export function readYaml(text: string): Yaml {
  const lines = new LineCounter()
  const deep = tooDeep(text)
  if (deep !== undefined) return {value: undefined, problems: [deep], placeOf: () => ({line: 1, column: 1})}
  const document = parseDocument(text, {
    uniqueKeys: false,
    lineCounter: lines,
    prettyErrors: false,
    merge: false,
    logLevel: 'error',
  })
  const walk: Walk = {
    problems: document.errors.map(({message, pos}) =>
      problem(at(lines, pos[0]), '', {
        expected: `YAML; ${message.split('\n')[0]}`,
        remedy: 'Correct the line; indent with spaces and quote text that holds : # [ ] { } or *.',
      }),
    ),
    places: new Map(),
    lines,
  }
  refuseDirectives(document, walk)
  const value = plain(document.contents, [], walk)
  return {value, problems: walk.problems, placeOf: placeIn(walk.places)}
}

interface Walk {
  readonly problems: Problem[]
  readonly places: Map<string, {value: Place; key: Place}>
  readonly lines: LineCounter
}

type Place = {line: number; column: number}

function plain(node: Node | null, path: readonly PropertyKey[], walk: Walk): unknown {
  const place = at(walk.lines, node?.range?.[0] ?? 0)
  if (!walk.places.has(keyOf(path))) walk.places.set(keyOf(path), {value: place, key: place})
  if (node === null) return null
  if (path.length > deepest) {
    refuse(walk, place, {
      path,
      expected: `at most ${deepest} levels`,
      remedy: 'A contract is flat: take the nesting out.',
    })
    return null
  }
  if (isAlias(node))
    return refuse(walk, place, {path, expected: 'a value, not an alias (*)', remedy: 'Write the value out again.'})
  if (node.anchor)
    refuse(walk, place, {path, expected: 'a value without an anchor (&)', remedy: 'Take the anchor away.'})
  if (node.tag) refuse(walk, place, {path, expected: 'a value without a tag (!)', remedy: 'Take the tag away.'})
  if (isMap(node)) return plainMap(node as YAMLMap<Node, Node | null>, path, walk)
  if (isSeq(node)) return node.items.map((item, index) => plain(item as Node, [...path, index], walk))
  return isScalar(node) ? node.value : null
}

function plainMap(map: YAMLMap<Node, Node | null>, path: readonly PropertyKey[], walk: Walk): unknown {
  const result: Record<string, unknown> = Object.create(null)
  for (const {key, value} of map.items) {
    const place = at(walk.lines, key?.range?.[0] ?? map.range?.[0] ?? 0)
    if (!isScalar(key) || typeof key.value !== 'string' || key.anchor || key.tag) {
      refuse(walk, place, {
        path,
        expected: 'keys that are plain words',
        remedy: 'Write each key as a word followed by a colon.',
      })
      continue
    }
    const inside = [...path, key.value]
    if (key.value in result) {
      refuse(walk, place, {
        path: inside,
        expected: 'each key once',
        remedy: `Take one of the two \`${key.value}\` away.`,
      })
      continue
    }
    const node = value === null ? null : value
    walk.places.set(keyOf(inside), {value: node?.range ? at(walk.lines, node.range[0]) : place, key: place})
    result[key.value] = plain(node, inside, walk)
  }
  return result
}

function refuseDirectives({directives}: Document, walk: Walk): void {
  if (directives?.yaml.explicit || Object.keys(directives?.tags ?? {}).length > 1) {
    refuse(
      walk,
      {line: 1, column: 1},
      {path: [], expected: 'no directives (%)', remedy: 'Take the lines before --- away.'},
    )
  }
}

/** Before parsing, because deep nesting makes the parser itself slow: at most 64 open brackets, 64 dashes in a line. */
function tooDeep(text: string): Problem | undefined {
  let open = 0
  let dashes = 0
  let line = 1
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') open++
    else if (token === ']' || token === '}') open = Math.max(0, open - 1)
    else if (token === '-' || token === '?') dashes++
    else if (token === '\n' || token === '\r\n') {
      line++
      dashes = 0
    }
    if (open > 64 || dashes > 64) {
      const remedy = 'A contract is flat: take the nesting out.'
      return {line, column: 1, path: '', expected: `at most ${deepest} levels`, remedy}
    }
  }
  return undefined
}

function refuse(walk: Walk, place: Place, {path, ...what}: Refused): null {
  walk.problems.push(problem(place, pathText(path), what))
  return null
}

interface Refused {
  readonly path: readonly PropertyKey[]
  readonly expected: string
  readonly remedy: string
}

function problem(place: Place, path: string, {expected, remedy}: {expected: string; remedy: string}): Problem {
  return {...place, path, expected, remedy}
}

/** `contacts[0].email` */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`,
    '',
  )
}

function placeIn(places: Walk['places']): Yaml['placeOf'] {
  return (path, key = false) => {
    for (let length = path.length; length >= 0; length--) {
      const found = places.get(keyOf(path.slice(0, length)))
      if (found) return key || length < path.length ? found.key : found.value
    }
    return {line: 1, column: 1}
  }
}

function keyOf(path: readonly PropertyKey[]): string {
  return JSON.stringify(path)
}

function at(lines: LineCounter, offset: number): Place {
  const {line, col} = lines.linePos(offset)
  return {line: Math.max(1, line), column: Math.max(1, col)}
}
