import {checkedDocument, readDocument, type Shape} from './document.ts'
import {fieldAt} from './field.ts'
import type {Contract, Problem} from './model.ts'
import {contractSchema} from './schema.ts'

/** How a contract is read. */
const shape: Shape<Contract> = {
  name: 'contract',
  schema: contractSchema as unknown as Shape<Contract>['schema'],
  fieldAt,
  ascii: /tenant|sites|\.id|email|residency|timeZone/,
  lists: '`selfhelp contract schema`',
  remedies: ['selfhelp contract schema', 'Compare it with examples/acme.yaml.'],
}

/** The contract in these bytes. Throws `Refusal('input-invalid')` with all problems at once, each with its place. */
export function readContract(bytes: Uint8Array, file: string): Contract {
  return readDocument(bytes, file, shape)
}

/** The contract, or what keeps these bytes from being one, in the order of the file. */
export function checkedContract(bytes: Uint8Array): {contract?: Contract; problems: readonly Problem[]} {
  const {document, problems} = checkedDocument(bytes, shape)
  return document === undefined ? {problems} : {contract: document, problems}
}
