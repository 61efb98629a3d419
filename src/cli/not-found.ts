import type {Hook} from '@oclif/core'
import {Refusal} from '../error.ts'
import {nearest} from './nearest.ts'

/** An unknown command names the nearest one and runs nothing: what was meant is the operator's to type. */
export const notFound: Hook.CommandNotFound = async ({id, config}) => {
  const typed = id.replaceAll(':', ' ')
  const known = config.commands.filter(command => !command.hidden).map(command => command.id.replaceAll(':', ' '))
  const near = nearest(typed, known)
  const remedies = near.map(command => `${config.bin} ${command}`)
  throw new Refusal('input-invalid', `${config.bin} has no command ${JSON.stringify(typed)}.`, {
    remedies: remedies.length > 0 ? remedies : [`${config.bin} --help`],
  })
}
