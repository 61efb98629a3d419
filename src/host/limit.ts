/** Who shares a limit: each source (an IPv4 address, or an IPv6 network of /64), each customer's service, or nobody. */
export type Sharing = 'source' | 'tenant' | 'connection' | 'request' | 'edge'

/** One limit of an edge (R157). */
export interface Limit {
  readonly per: Sharing
  /** What is counted, in words. */
  readonly what: string
  readonly most: number
  /** Within so many seconds; at any moment when left out. */
  readonly seconds?: number
  /** What happens beyond it. */
  readonly answer: string
}

/** Every limit of an edge: its configuration and docs/limits.md are made of these. */
export const limits = {
  connectionsOfSource: limit('source', 'connections', 1000, 'the next connection is refused'),
  opensOfSource: limit('source', 'connections opened', 2000, 'the next connection is refused', 10),
  requestsOfSource: limit('source', 'requests', 5000, '429 with `Retry-After`, by the edge itself', 10),
  requestsOfTenant: limit('tenant', 'requests', 10_000, '429 with `Retry-After`, by the edge itself', 10),
  workOfTenant: limit('tenant', 'requests that its service answers at once', 128, 'the next waits'),
  waitOfTenant: limit('tenant', 'requests that wait for its service', 1000, '503; also after 10 s of waiting'),
  headerSeconds: limit('request', 'seconds until its head has come', 10, '408'),
  bodySeconds: limit('request', 'seconds until its body has come, or as much of it as the edge holds', 10, '408'),
  headerLines: limit('request', 'lines of its head (HTTP/1)', 64, '400'),
  headerBytes: limit('request', 'bytes of its head', 31_744, '400; over HTTP/2 the stream is closed'),
  bodyBytes: limit(
    'request',
    'bytes of its body, where it tells them',
    1_048_576,
    '413; over HTTP/2 the stream is closed. Services take 65,536 whatever is told',
  ),
  idleSeconds: limit('connection', 'seconds between two requests', 15, 'it is closed'),
  connections: limit('edge', 'connections', 8000, 'they wait to be accepted'),
} as const satisfies Record<string, Limit>

export type Limits = Readonly<Record<keyof typeof limits, number>>

/** The numbers alone. */
export const limitsOf = (table: Readonly<Record<keyof typeof limits, Limit>> = limits): Limits =>
  Object.fromEntries(Object.entries(table).map(([name, {most}]) => [name, most])) as Limits

/** `docs/limits.md`. */
export function limitsPage(): string {
  const whose: Readonly<Record<Sharing, string>> = {
    source: 'source',
    tenant: 'tenant',
    connection: 'each connection',
    request: 'each request',
    edge: 'the whole edge',
  }
  const rows = Object.values<Limit>(limits).map(({per, what, most, seconds, answer}) => {
    const number = `${most.toLocaleString('en')}${seconds === undefined ? '' : ` in ${seconds} s`}`
    return `| ${whose[per]} | ${what} | ${number} | ${answer} |`
  })
  return `# Limits of an edge

What one source, or everybody together, may ask of an edge before it says no (R157): so that a flood at one customer is not felt by
the others. They are data (\`src/host/limit.ts\`); this page and HAProxy's configuration are made of them.

| counted for | what | at most | beyond it |
|---|---|---|---|
${rows.join('\n')}

**A source** is one IPv4 address, or one IPv6 network of /64. A whole office may come from one, so it may do much; what it does
counts over all customers' names and both ports. Users who come through a VPN are one source: its gateway.

**A tenant's** limits are those of one service of one environment (reader or editor). They protect the others: while one customer is
flooded from many sources, that customer's own users get 429 too. What a source was refused is not counted for the tenant.

Sign-in has limits of its own in the application. What is kept in memory: 200,000 sources and 20,000 services, each forgotten two minutes after its last request.
`
}

function limit(...[per, what, most, answer, seconds]: [Sharing, string, number, string, number?]): Limit {
  return {per, what, most, answer, ...(seconds === undefined ? {} : {seconds})}
}
