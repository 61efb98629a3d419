import {Args, Flags} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {hostsOf} from '../../src/flow/matrix.ts'
import {residentsOf} from '../../src/flow/neighbour.ts'
import {withScan} from '../../src/flow/outside.ts'
import {doorOf, droppedBy, pointBy, pointsOn, thereOf} from '../../src/flow/points.ts'
import {configured} from '../../src/flow/steps.ts'
import {flows} from '../../src/flow/table.ts'
import {agrees, verifyFlows} from '../../src/flow/verify.ts'
import {verifiedView} from '../../src/flow/view.ts'
import {fleetOf} from '../../src/host/list.ts'
import {seatOf} from '../../src/host/model.ts'
import {fromProbe, probeNamed} from '../../src/probe/steps.ts'

export default class FlowVerify extends BaseCommand {
  static override summary = 'Try every flow from outside, from each host and as each customer, listed or not'
  static override description =
    'Each port that anybody listens on or was allotted is tried from everywhere, IPv4 and IPv6; from outside nmap scans every TCP port and the usual UDP ports. Exit 5 when one passes that must not, or the other way round.'
  static override args = {environment: Args.string({description: 'TENANT/NAME; all hosts when left out'})}
  static override flags = {
    probe: Flags.string({description: 'the point outside; the first when left out', helpValue: 'NAME'}),
    times: Flags.integer({description: 'how often each connection is tried', default: 3, min: 1, max: 10}),
    quick: Flags.boolean({description: 'leave out the scan of all ports, for which the probe point needs nmap'}),
    rate: Flags.integer({description: 'packets of the scan in a second', default: 10_000, min: 100, max: 50_000}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme/production',
    '<%= config.bin %> <%= command.id %> acme/production --probe outside --rate 2000 --json',
    '<%= config.bin %> <%= command.id %> --quick',
  ]

  protected override async answer({args, flags, world}: Typed<typeof FlowVerify>) {
    const ledger = await world.ledger()
    const probe = await probeNamed(ledger, flags.probe)
    const [fleet, more, residents] = await Promise.all([fleetOf(ledger), configured(ledger), residentsOf(ledger)])
    const names = await hostsOf(ledger, args.environment)
    const hosts = fleet.filter(({name}) => names.includes(name))
    const seats = hosts.map(host => ({seat: seatOf(host), packagePorts: host.facts.packagePorts}))
    const there = await thereOf(seats, world.machine, residents)
    const doors = await Promise.all(there.map(doorOf))
    const run = (within?: number) => (argv: readonly string[]) => fromProbe(probe, argv, within)
    const tried = await verifyFlows({
      points: [pointBy(probe.name, run()), ...there.flatMap(pointsOn)],
      ...{doors, flows, derived: more.rows, times: flags.times},
      dropped: () => droppedBy(there.map(({machine}) => machine)),
    })
    // A whole scan may take an hour at a low rate.
    const scan = () => withScan(tried, run(3_600_000), {doors, flows, from: probe.name, rate: flags.rate})
    const result = flags.quick ? tried : await scan()
    const well = agrees(result, flags.times)
    return {result, view: verifiedView(result, well), ...(well ? {} : {exit: 'partial' as const})}
  }
}
