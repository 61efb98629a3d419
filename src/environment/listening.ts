import {addressOf, type Environment, hostsOf} from './model.ts'

/** Edges on other hosts than the service's own, which reach it over the hosts' network. */
export function frontsOf(environment: Environment, role: keyof Environment['hostnames']): readonly string[] {
  const own = environment.placed.find(placed => placed.role === role)?.host
  return hostsOf(environment, 'edge')
    .filter(host => host !== own)
    .map(host => addressOf(environment, host))
}

/** Where its socket is, which the service takes over; the firewall lets edges in, and nobody else. */
export function listening(
  environment: Environment,
  role: keyof Environment['hostnames'],
): {readonly address: string; readonly port: number} {
  const address = frontsOf(environment, role).length > 0 ? '0.0.0.0' : '127.0.0.1'
  return {address, port: environment.ports[role]}
}
