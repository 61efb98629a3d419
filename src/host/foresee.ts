import {type HostAddInput, type HostAddWorld, unfit} from './add.ts'
import {forecast, type HostForecast} from './plan.ts'
import {account} from './wanted.ts'
import {type Bootstrap, inside, inspectHost, toNewcomers} from './ways.ts'

/**
 * What adopting would change on a machine; nothing is changed.
 * Throws `Refusal('host-unfit')` naming every problem, as adopting itself would.
 */
export async function foresee(given: HostAddWorld, input: HostAddInput, bootstrap: Bootstrap): Promise<HostForecast> {
  const world = {...given, ways: toNewcomers(given.ways)}
  const {name, roles, networks} = input
  const {problems} = await inspectHost(world, {door: input, roles, networks}, bootstrap)
  if (problems.length > 0) throw unfit(name, problems)
  return inside(world.ways.enter(input, bootstrap), async machine => {
    const {changes, planHash} = await machine.plan(account(world.ways.publicKey))
    return forecast({host: name, changes, planHash, roundTrips: machine.roundTrips})
  })
}
