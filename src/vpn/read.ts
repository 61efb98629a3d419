import {bytesOf, checkedDocument, readDocument, type Shape} from '../contract/steps.ts'
import {fieldAt} from './field.ts'
import type {Spec} from './model.ts'
import {vpnSchema} from './schema.ts'

const shape: Shape<Spec> = {
  name: 'VPN specification',
  schema: vpnSchema as unknown as Shape<Spec>['schema'],
  fieldAt,
  ascii: /tenant|site|identity|address|network|name|interface/,
  lists: 'docs/vpn.md',
  remedies: ['Compare it with examples/vpn-acme.yaml; docs/vpn.md lists the fields.'],
}

/** The specification in that file. Throws `Refusal('input-invalid')` with all problems at once, each with its place. */
export async function specIn(file: string): Promise<Spec> {
  return readDocument(await bytesOf(file, shape.name), file, shape)
}

/** The specification, or what keeps these bytes from being one. */
export function checkedSpec(bytes: Uint8Array): ReturnType<typeof checkedDocument<Spec>> {
  return checkedDocument(bytes, shape)
}
