import {readFileSync} from 'node:fs'
import type {World} from '../cli/world.ts'
import {templatePath} from '../render/render.ts'
import type {Runbook} from '../runbook/model.ts'
import {type HostAddWorld, hostAdd} from './add.ts'
import {hostApply} from './apply.ts'
import type {Bootstrap} from './ways.ts'

/** `host-add` with the collaborators of this process; without the key when a run is taken up again. */
export async function buildHostAdd(world: World, bootstrap?: Bootstrap): Promise<Runbook> {
  return hostAdd(await hostAddWorld(world, bootstrap)) as Runbook
}

/** `host-apply` with the collaborators of this process. */
export async function buildHostApply(world: World): Promise<Runbook> {
  return hostApply({ledger: await world.ledger(), ways: await world.ways()}) as Runbook
}

/** What adopting needs of the world. */
export async function hostAddWorld(world: World, bootstrap?: Bootstrap): Promise<HostAddWorld> {
  const [ledger, ways] = await Promise.all([world.ledger(), world.ways()])
  const program = readFileSync(templatePath('program/preflight.sh'), 'utf8')
  return {ledger, ways, clock: world.clock, program, ...(bootstrap === undefined ? {} : {bootstrap})}
}
