import type {Operation, Wanted} from './model.ts'
import {directory} from './operation/directory.ts'
import {file} from './operation/file.ts'
import {pkg} from './operation/package.ts'
import {unit} from './operation/unit.ts'
import {user} from './operation/user.ts'

/** Each kind of wanted thing with its operation. */
export const operations: {readonly [K in Wanted['kind']]?: Operation<Extract<Wanted, {kind: K}>>} = {
  directory,
  file,
  package: pkg,
  unit,
  user,
}
