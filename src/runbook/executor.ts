import {readFileSync, readlinkSync} from 'node:fs'
import {hostname} from 'node:os'

/** One process that follows runs. */
export interface Executor {
  /** `<boot>.<pid namespace>.<pid>.<start>`: never used twice, and tells a process of this machine whether it still lives. */
  readonly id: string
  readonly machine: string
  readonly pid: number
  readonly purpose: 'command' | 'worker' | 'scheduler'
}

/** This process. */
export function thisExecutor(purpose: Executor['purpose']): Executor {
  const {pid} = process
  return {id: `${here()}.${pid}.${startOf(pid)}`, machine: hostname(), pid, purpose}
}

/** True when the executor was a process of this machine and is gone; false also when nobody here can know. */
export function isGone(executor: string): boolean {
  const [boot, space, pid, start] = executor.split('.')
  if (`${boot}.${space}` !== here()) return false
  return startOf(Number(pid)) !== start
}

function here(): string {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8)
  const space = readlinkSync('/proc/self/ns/pid').replaceAll(/\D/g, '')
  return `${boot}.${space}`
}

/** Clock ticks between boot and the start of the process: a number that is used again has another start. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may hold anything, so count from its end; a zombie is gone.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined
  }
}
