import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {Args, Flags} from '@oclif/core'
import {Refusal} from '../error.ts'
import {homeOf} from './home.ts'

/** Print what would change and stop. */
export const planFlag = {
  plan: Flags.boolean({description: 'print what would change, change nothing'}),
}

/** The proof for what cannot be undone. */
export const confirmFlag = {
  confirm: Flags.string({description: 'the name of the thing, typed as proof', helpValue: 'NAME'}),
}

/** For commands that execute a run. */
export const runFlags = {
  detach: Flags.boolean({description: 'enqueue the run for a worker and print its id'}),
  wait: Flags.boolean({description: 'wait for the lock instead of refusing'}),
}

/** What every mutation takes. */
export const mutationFlags = {
  reason: Flags.string({description: 'why, for the journal', helpValue: 'TEXT'}),
  ticket: Flags.string({description: 'the ticket or request this answers', helpValue: 'ID'}),
  'operator-key': Flags.string({description: "the operator's SSH key that signs this", helpValue: 'FILE'}),
}

/** Which lab of this machine. */
export const labFlag = {
  lab: Flags.string({description: 'name of the lab', helpValue: 'NAME', default: 'lab'}),
}

/** The host of a lab that a command is about. */
export const labHost = {
  host: Args.string({description: 'the host, as `lab status` names it', required: true}),
}

/** For commands that go on with a run. */
export const waitFlag = {wait: runFlags.wait}

/** Where `--reason` is not only taken but wanted. */
export const reasonRequired = {
  reason: Flags.string({description: 'why, for the journal', helpValue: 'TEXT', required: true}),
}

/** Throws `Refusal('input-invalid')` where a change is asked for without saying why; a ticket counts. */
export function assertReason({reason, ticket, plan}: Reasoned): void {
  if (plan || reason?.trim() || ticket?.trim()) return
  throw new Refusal(
    'input-invalid',
    '--reason is missing: this changes what was agreed, so the journal must say why.',
    {
      remedies: ['--reason TEXT', '--ticket ID', '--plan to see what would change'],
    },
  )
}

interface Reasoned {
  readonly reason: string | undefined
  readonly ticket: string | undefined
  readonly plan: boolean
}

/** The run a command is about. */
export const runArgument = {
  run: Args.string({description: 'the run, as `run list` names it', required: true}),
}

/** The proof where several things may be meant. */
export const confirmNamesFlag = {
  confirm: Flags.string({description: 'the names of all, with commas, typed as proof', helpValue: 'NAME,…'}),
}

/** Which hosts a command is about. */
export const whichHosts = {
  site: Flags.string({description: 'only hosts of this site', helpValue: 'SITE'}),
  role: Flags.string({description: 'only hosts with this role', helpValue: 'ROLE'}),
  all: Flags.boolean({description: 'every host in service'}),
}

/** Which hosts, and how many at once. */
export const fleetFlags = {
  ...whichHosts,
  only: Flags.string({description: 'only those that failed the last time', options: ['failed']}),
  parallel: Flags.integer({description: 'how many hosts at once', default: 16, min: 1}),
  'per-site': Flags.integer({description: 'how many at once on one site', default: 8, min: 1}),
  deadline: Flags.integer({description: 'seconds one host may take', min: 1}),
}

/** For processes that nobody sits at: they sign with the machine operator's key that `init` made. */
export const machineKeyFlag = {
  'operator-key': Flags.string({
    description: "the machine operator's SSH key",
    helpValue: 'FILE',
    default: async () => machineKey(),
    noCacheDefault: true,
  }),
}

function machineKey(): string | undefined {
  const file = join(homeOf(process.env, process.getuid?.() ?? 0), 'machine-key')
  return process.env.SELFHELP_OPERATOR_KEY || !existsSync(file) ? undefined : file
}
