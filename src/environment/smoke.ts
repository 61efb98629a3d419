import type {At} from '../runbook/model.ts'
import {asking} from './asking.ts'
import {type Environment, hostsOf} from './model.ts'
import type {Platform} from './platform.ts'
import {faces} from './wanted.ts'

const tries = 20
const betweenMilliseconds = 500

/**
 * Has each service use itself as a person would; gives what does not work, also ten seconds later. Leaves no trace, and works
 * while it is closed.
 */
export async function smoke(platform: Platform, environment: Environment, at: At): Promise<readonly string[]> {
  let found: readonly string[] = []
  for (let turn = 0; turn < tries; turn++) {
    found = await askedOnce(platform, environment)
    if (found.length === 0) return []
    if (turn === 0) at.tell(found.join('; '))
    // Pools may still hold connections that were cut; a later question finds new ones.
    await platform.clock.sleep(betweenMilliseconds, at.signal)
  }
  return found
}

async function askedOnce(platform: Platform, environment: Environment): Promise<readonly string[]> {
  const asked = hostsOf(environment, 'presentation').map(async host => {
    const machine = await platform.machine(host)
    const questions = faces.map(face => ({ask: 'run_as', args: asking(environment, face, ['POST', '/internal/smoke'])}))
    const answers = await machine.ask(questions)
    return faces.flatMap((face, at) => problems(`${face} on ${host}`, answers[at]))
  })
  return (await Promise.all(asked)).flat()
}

function problems(where: string, answer: {exit: number; out: string; err: string} | undefined): readonly string[] {
  if (answer?.exit === 0) return []
  try {
    const {checks} = JSON.parse(answer?.out ?? '') as {checks: {name: string; ok: boolean; problem?: string}[]}
    return checks.filter(({ok}) => !ok).map(({name, problem}) => `${where}: ${name}: ${problem}`)
  } catch {
    return [`${where} does not answer: ${answer?.err.trim().slice(0, 200)}`]
  }
}
