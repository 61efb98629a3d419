import {readdir, stat} from 'node:fs/promises'
import {attempt, run} from './local.ts'
import {hostSeat, type Lab, type LabHost, linkPrefix, outsideSeat, type Seat, siteNetwork, tableName} from './model.ts'
import {labRules} from './rules.ts'

/** Makes what is missing of the lab's bridges, its rules and its outside. */
export async function makeNetwork(lab: Lab): Promise<void> {
  const links = new Set(await linksOf(lab))
  for (const site of lab.sites) {
    const network = siteNetwork(lab.octet, site.number)
    if (!links.has(network.link))
      await run(['ip', 'link', 'add', network.link, 'address', network.mac, 'type', 'bridge'])
    await ip(bridgeBatch(network))
  }
  await run(['nft', '-f', '-'], {input: labRules(lab)})
  await makeSeat(outsideSeat(lab), links)
}

/** Makes what is missing of the host's namespace and of the pair that leads into it. */
export async function makeHostNetwork(lab: Lab, host: LabHost): Promise<void> {
  const seat = hostSeat(lab, host)
  await makeSeat(seat, new Set(await linksOf(lab)), seat.link)
}

/** Takes the host's namespace and link away. */
export async function removeSeat(seat: Seat): Promise<void> {
  await attempt(['ip', 'link', 'delete', seat.port])
  if (await namespaceExists(seat.netns)) await run(['ip', 'netns', 'delete', seat.netns])
}

/** Takes every link, namespace and rule of the lab away. */
export async function removeNetwork(lab: Lab): Promise<void> {
  const prefix = `selfhelp-${lab.name}-`
  const known = new Set([outsideSeat(lab).netns, ...lab.hosts.map(host => hostSeat(lab, host).netns)])
  for (const name of await readdir('/run/netns').catch(() => []))
    if (known.has(name) && name.startsWith(prefix)) await run(['ip', 'netns', 'delete', name])
  for (const link of await linksOf(lab)) await attempt(['ip', 'link', 'delete', link])
  await attempt(['nft', 'delete', 'table', 'inet', tableName(lab)])
}

/** Puts the machine's end of the host's cable down (a cut) or up again. */
export async function setCable(seat: Seat, up: boolean): Promise<void> {
  await run(['ip', 'link', 'set', seat.port, up ? 'up' : 'down'])
}

/** True when the process lives in the seat's namespace, and the pair that leads there is whole. */
export async function isWired(seat: Seat, pid: number): Promise<boolean> {
  const inode = async (path: string) => (await stat(path).catch(() => undefined))?.ino
  const [own, named] = [await inode(`/proc/${pid}/ns/net`), await inode(`/run/netns/${seat.netns}`)]
  return own !== undefined && own === named && (await inode(`/sys/class/net/${seat.port}`)) !== undefined
}

/** The lab's ports that are administratively down. */
export async function cutPorts(): Promise<Set<string>> {
  const links = JSON.parse(await run(['ip', '-j', 'link', 'show'])) as {ifname: string; flags: string[]}[]
  return new Set(links.filter(link => !link.flags.includes('UP')).map(link => link.ifname))
}

/** Names of the machine's network interfaces that are this lab's. */
async function linksOf(lab: Pick<Lab, 'octet'>): Promise<string[]> {
  const links = JSON.parse(await run(['ip', '-j', 'link', 'show'])) as {ifname: string}[]
  const own = new RegExp(`^${linkPrefix(lab.octet)}(s|out)`)
  return links.map(link => link.ifname).filter(name => own.test(name))
}

/** True when there is a network namespace of that name that can be entered. */
export async function namespaceExists(name: string): Promise<boolean> {
  return await stat(`/run/netns/${name}`).then(
    () => true,
    () => false,
  )
}

async function makeSeat(seat: Seat, links: ReadonlySet<string>, bridge?: string): Promise<void> {
  const inside = await attempt(['ip', '-n', seat.netns, 'link', 'show', 'eth0'])
  if (!links.has(seat.port) || !inside.ok) await makePair(seat, bridge)
  else if (bridge === undefined) await ip(portBatch(seat))
  await run(['ip', '-n', seat.netns, '-batch', '-'], {input: insideBatch(seat)})
}

async function makePair(seat: Seat, bridge?: string): Promise<void> {
  // Half of a pair, or a file that is no namespace any more, is left by a crash: begin anew.
  await removeSeat(seat)
  await run(['ip', 'netns', 'add', seat.netns])
  await run([
    ...['ip', 'link', 'add', seat.port, 'type', 'veth'],
    ...['peer', 'name', 'eth0', 'address', seat.mac, 'netns', seat.netns],
  ])
  await ip(portBatch(seat, bridge))
}

function bridgeBatch({link, gateway, gateway6}: {link: string; gateway: string; gateway6: string}): string[] {
  return [
    `address replace ${gateway}/24 dev ${link}`,
    `address replace ${gateway6}/64 dev ${link} nodad`,
    `link set ${link} up`,
  ]
}

function portBatch(seat: Seat, bridge?: string): string[] {
  if (bridge !== undefined) return [`link set ${seat.port} master ${bridge}`, `link set ${seat.port} up`]
  return bridgeBatch({...seat, link: seat.port})
}

function insideBatch(seat: Seat): string {
  return [
    'link set lo up',
    `address replace ${seat.address}/24 dev eth0`,
    `address replace ${seat.address6}/64 dev eth0 nodad`,
    'link set eth0 up',
    `route replace default via ${seat.gateway}`,
    `route replace default via ${seat.gateway6}`,
    '',
  ].join('\n')
}

async function ip(batch: readonly string[]): Promise<void> {
  await run(['ip', '-batch', '-'], {input: `${batch.join('\n')}\n`})
}
