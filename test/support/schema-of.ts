import ts from 'typescript'

export type Schema = Readonly<Record<string, unknown>>

/** What JSON.stringify makes of classes that have their own say. */
const written: Readonly<Record<string, Schema>> = {
  Instant: {type: 'string', format: 'date-time'},
  ZonedDateTime: {type: 'string'},
  PlainDate: {type: 'string', format: 'date'},
  Duration: {type: 'string', format: 'duration'},
  Date: {type: 'string', format: 'date-time'},
  Secret: {const: '***'},
}

/** Reads the JSON Schema of a type: of what it looks like once it is written as JSON. */
export class SchemaReader {
  readonly #checker: ts.TypeChecker

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker
  }

  /** Throws on what JSON cannot hold. */
  of(type: ts.Type, where = '$', within: readonly ts.Type[] = []): Schema {
    if (within.includes(type)) return {description: `again ${this.#checker.typeToString(type)}`}
    if (type.isUnion()) return this.#unionOf(type, where, within)
    if (type.isStringLiteral() || type.isNumberLiteral()) return {const: type.value}
    if (type.flags & ts.TypeFlags.BooleanLiteral) return {const: this.#checker.typeToString(type) === 'true'}
    if (type.flags & ts.TypeFlags.StringLike) return {type: 'string'}
    if (type.flags & ts.TypeFlags.NumberLike) return {type: 'number'}
    if (type.flags & ts.TypeFlags.BooleanLike) return {type: 'boolean'}
    if (type.flags & ts.TypeFlags.Null) return {type: 'null'}
    if (type.flags & ts.TypeFlags.Unknown) return {}
    if (type.flags & ts.TypeFlags.NonPrimitive) return {type: 'object'}
    if (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) return this.#objectOf(type, where, within)
    throw new Error(`${where} is ${this.#checker.typeToString(type)}, which JSON cannot hold`)
  }

  #unionOf(type: ts.UnionType, where: string, within: readonly ts.Type[]): Schema {
    const present = type.types.filter(each => !(each.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void)))
    const flags = present.reduce((all, each) => all & each.flags, -1)
    if (flags & ts.TypeFlags.BooleanLiteral && present.length === 2) return {type: 'boolean'}
    const schemas = present.map(each => this.of(each, where, within))
    if (schemas.length === 1) return schemas[0] ?? {}
    if (schemas.every(each => 'const' in each)) return {enum: schemas.map(each => each.const).toSorted()}
    const distinct = [...new Set(schemas.map(each => JSON.stringify(each)))].toSorted()
    return distinct.length === 1 ? JSON.parse(distinct[0] ?? '{}') : {anyOf: distinct.map(each => JSON.parse(each))}
  }

  #objectOf(type: ts.Type, where: string, within: readonly ts.Type[]): Schema {
    const name = type.getSymbol()?.name ?? ''
    const inside = [...within, type]
    if (this.#checker.isArrayType(type)) {
      const [item] = this.#checker.getTypeArguments(type as ts.TypeReference)
      return {type: 'array', items: item ? this.of(item, `${where}[]`, inside) : {}}
    }
    if (this.#checker.isTupleType(type)) {
      const items = this.#checker.getTypeArguments(type as ts.TypeReference)
      return {type: 'array', prefixItems: items.map((item, at) => this.of(item, `${where}[${at}]`, inside))}
    }
    if (written[name]) return written[name]
    if (type.getProperty('toJSON')) throw new Error(`${where} is ${name}, whose JSON is not known here`)
    return this.#propertiesOf(type, where, inside)
  }

  #propertiesOf(type: ts.Type, where: string, within: readonly ts.Type[]): Schema {
    const properties: Record<string, Schema> = {}
    const required: string[] = []
    for (const symbol of type.getProperties().toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const own = this.#checker.getTypeOfSymbol(symbol)
      if (own.getCallSignatures().length > 0) continue
      properties[symbol.name] = this.of(own, `${where}.${symbol.name}`, within)
      if (!mayBeLeftOut(symbol, own)) required.push(symbol.name)
    }
    const index = type.getStringIndexType()
    const others = index ? {additionalProperties: this.of(index, `${where}.*`, within)} : {}
    return {type: 'object', properties, required, ...others}
  }
}

function mayBeLeftOut(symbol: ts.Symbol, type: ts.Type): boolean {
  const maybe = type.isUnion() ? type.types : [type]
  return Boolean(symbol.flags & ts.SymbolFlags.Optional) || maybe.some(each => each.flags & ts.TypeFlags.Undefined)
}
