import {CodedError} from '../error.ts'
import type {Ledger} from '../ledger/ledger.ts'
import type {RunRow, StepRow} from '../ledger/run.ts'
import {hostsOfRun} from '../ledger/run-host.ts'
import type {Machine, Question} from '../machine/model.ts'
import {asName} from '../machine/wire.ts'

export interface Asking {
  readonly ledger: Ledger
  /** A host of the ledger. */
  machine(host: string): Promise<Machine>
}

/** A host's whole journal would be too much: the last so many bytes of what its units said. */
const mostBytes = 262_144
const aroundSeconds = 60

/**
 * What each host of a run still knows of it, one exchange each: what the run's exchanges did there, and what its units
 * said meanwhile. A host that cannot be asked says why.
 */
export async function hostsOnRun(
  {ledger, machine}: Asking,
  row: RunRow,
  steps: readonly StepRow[],
): Promise<Readonly<Record<string, string>>> {
  const questions = questionsOf(row, steps)
  const hosts = await hostsOfRun(ledger, row)
  const accounts = hosts.map(
    async host => [`host-${host}.log`, await accountOf(host, () => machine(host), questions)] as const,
  )
  return Object.fromEntries(await Promise.all(accounts))
}

async function accountOf(host: string, enter: () => Promise<Machine>, questions: readonly Question[]): Promise<string> {
  try {
    const [exchanges, log] = await (await enter()).ask(questions)
    return `# What the run's exchanges did on ${host}: number, exit, action\n${exchanges?.out}\n# What was logged\n${log?.out}`
  } catch (thrown) {
    if (!(thrown instanceof CodedError) || thrown.kind === 'bug') throw thrown
    return `# ${host} could not be asked: ${thrown.message}\n`
  }
}

/** Both sorted into one by time, each line of the first form of journalctl that has the year. */
const journal = `most=$1 level=$2 since=$3 until=$4
shift 4
said() { timeout 20 journalctl --no-pager --quiet --utc -o short-iso-precise --since "$since" --until "$until" "$@"; }
{
  [ "$#" = 0 ] || said "$@"
  said -p "$level" -u haproxy.service -u nftables.service -u ssh.service -u 'selfhelp-guard*' -u init.scope
} | sort -u | tail -c "$most"`

function questionsOf(row: RunRow, steps: readonly StepRow[]): readonly Question[] {
  const {from, to} = spanOf(row, steps)
  const ids = environmentsOf(row)
  const units = ids.flatMap(id => ['-u', `${id}-*`, '-u', `postgresql@*-${id}.service`])
  // Of what serves all customers of a host only the trouble, when the run is one customer's.
  const level = ids.length > 0 ? 'warning' : 'notice'
  const args = ['sh', '-c', journal, 'journal', `${mostBytes}`, level, `@${from}`, `@${to}`, ...units]
  return [
    {ask: 'exchanges', args: [asName(row.id)]},
    {ask: 'run', args},
  ]
}

/** From a minute before its begin to a minute after its last sign of life; seconds since 1970. */
function spanOf({queuedAt, startedAt, endedAt}: RunRow, steps: readonly StepRow[]) {
  const signs = [queuedAt, startedAt, endedAt, ...steps.flatMap(step => [step.startedAt, step.endedAt])]
  const seconds = signs.flatMap(at => (at ? [Math.floor(at.epochMilliseconds / 1000)] : []))
  return {from: Math.min(...seconds) - aroundSeconds, to: Math.max(...seconds) + aroundSeconds}
}

/** The short ids by which its environments are named on hosts. */
export function environmentsOf({locks}: Pick<RunRow, 'locks'>): readonly string[] {
  const ids = locks.flatMap(lock => /^(?:environment:|host:[^/]*\/)(.+)$/.exec(lock)?.[1] ?? [])
  return [...new Set(ids)].sort()
}
