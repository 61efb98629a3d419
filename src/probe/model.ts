import {Refusal} from '../error.ts'

/** A place from which the platform is looked at "from outside": it has no key to any host. */
export type Probe =
  | {readonly name: string; readonly kind: 'netns'; readonly target: {readonly netns: string}}
  | {readonly name: string; readonly kind: 'ssh'; readonly target: {readonly ssh: string}}

/** A probe as typed. Throws `Refusal('input-invalid')` naming every fault at once. */
export function parseProbe(typed: {name: string; netns?: string | undefined; ssh?: string | undefined}): Probe {
  const {name, netns, ssh} = typed
  const faults = [
    ...(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)
      ? []
      : [`the name "${name}" is not lower-case letters, digits and single dashes`]),
    ...((netns === undefined) === (ssh === undefined) ? ['give either --netns or --ssh'] : []),
    ...(netns === undefined || /^[\w.-]+$/.test(netns) ? [] : [`--netns "${netns}" is no name of a network namespace`]),
    ...(ssh === undefined || /^[\w.][\w.@:-]*$/.test(ssh) ? [] : [`--ssh "${ssh}" is no [USER@]HOST`]),
  ]
  if (faults.length === 0 && netns !== undefined) return {name, kind: 'netns', target: {netns}}
  if (faults.length === 0 && ssh !== undefined) return {name, kind: 'ssh', target: {ssh}}
  throw new Refusal('input-invalid', `The probe cannot be read: ${faults.join('; ')}.`, {
    facts: {faults},
    remedies: ['selfhelp probe add outside --netns NAME', 'selfhelp probe add paris --ssh USER@HOST'],
  })
}
