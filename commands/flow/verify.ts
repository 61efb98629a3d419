import {Args, Flags} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {hostsOf} from '../../src/flow/matrix.ts'
import {doorOf, droppedBy, pointBy, pointOn} from '../../src/flow/points.ts'
import {configured} from '../../src/flow/steps.ts'
import {flows} from '../../src/flow/table.ts'
import {agrees, verifyFlows} from '../../src/flow/verify.ts'
import {verifiedView} from '../../src/flow/view.ts'
import {fleetOf} from '../../src/host/list.ts'
import {seatOf} from '../../src/host/model.ts'
import {fromProbe, probeNamed} from '../../src/probe/steps.ts'

export default class FlowVerify extends BaseCommand {
  static override summary = 'Try every flow from outside and from each host, listed or not'
  static override description =
    'Each port that anybody listens on is tried from everywhere, IPv4 and IPv6. Exit 5 when one passes that must not, or the other way round.'
  static override args = {environment: Args.string({description: 'TENANT/NAME; all hosts when left out'})}
  static override flags = {
    probe: Flags.string({description: 'the point outside; the first when left out', helpValue: 'NAME'}),
    times: Flags.integer({description: 'how often each connection is tried', default: 3, min: 1, max: 10}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme/production',
    '<%= config.bin %> <%= command.id %> acme/production --probe outside --json',
  ]

  protected override async answer({args, flags, world}: Typed<typeof FlowVerify>) {
    const ledger = await world.ledger()
    const probe = await probeNamed(ledger, flags.probe)
    const [fleet, more] = await Promise.all([fleetOf(ledger), configured(ledger)])
    const names = await hostsOf(ledger, args.environment)
    const hosts = fleet.filter(({name}) => names.includes(name))
    const concerned = hosts.map(seatOf)
    const machines = await Promise.all(concerned.map(({name}) => world.machine(name)))
    const on = <T>(make: (machine: (typeof machines)[number], seat: (typeof concerned)[number]) => T) =>
      machines.flatMap((machine, n) => (concerned[n] ? [make(machine, concerned[n])] : []))
    const result = await verifyFlows({
      points: [
        pointBy(probe.name, argv => fromProbe(probe, argv)),
        ...on((machine, seat) =>
          pointOn(machine, seat, hosts.find(({name}) => name === seat.name)?.facts.packagePorts ?? []),
        ),
      ],
      doors: await Promise.all(on(doorOf)),
      flows,
      derived: more.rows,
      times: flags.times,
      dropped: () => droppedBy(machines),
    })
    const well = agrees(result, flags.times)
    return {result, view: verifiedView(result, well), ...(well ? {} : {exit: 'partial' as const})}
  }
}
