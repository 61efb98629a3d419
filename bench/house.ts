import {type Centre, centre} from '../test/support/centre.ts'
import {application, must, prepared} from '../test/support/prepared.ts'
import {contractOf, onHost} from '../test/support/tenant-hosts.ts'

/** Customers whose productions are in service and backed up, each on a pair of hosts; gone when it is disposed of. */
export interface House extends AsyncDisposable {
  readonly cmc: Centre
  readonly productions: readonly Production[]
  /** As root on a lab host; throws what a failed one said. */
  shell(host: string, script: string): Promise<string>
}

export interface Production {
  /** `acme/production` */
  readonly name: string
  readonly id: string
  /** Where its database is, and its backups. */
  readonly database: string
  readonly repository: string
}

/** Makes it on lab hosts of this machine, that much in each database; throws what a command reported. */
export async function inService(tenants: readonly string[], megabytes = 0): Promise<House> {
  const stack = new AsyncDisposableStack()
  try {
    const teardown = (work: () => unknown) => stack.defer(async () => void (await work()))
    const sites = ['north', 'south'].map(name => ({name, count: tenants.length}))
    const cmc = await centre({teardown} as Parameters<typeof centre>[0], '-bench', sites)
    const shell = shellOf(cmc)
    await must(cmc, 'init', '--operator', 'jane.doe@cmc.test')
    const names = (site: string, roles: readonly string[]) =>
      tenants.map((_, n) => [`${site}-${n + 1}`, roles] as const)
    await prepared(cmc, Object.fromEntries([...names('north', application), ...names('south', ['repository'])]))
    const productions: Production[] = []
    for (const tenant of tenants) productions.push(await served({cmc, shell}, tenant, megabytes))
    return {cmc, productions, shell, [Symbol.asyncDispose]: () => stack.disposeAsync()}
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

async function served({cmc, shell}: Pick<House, 'cmc' | 'shell'>, tenant: string, megabytes: number) {
  const name = `${tenant}/production`
  await must(cmc, 'tenant', 'create', tenant, '--contract', contractOf(cmc, tenant))
  await must(cmc, 'tenant', 'hand-over', tenant, '--by', 'jdoe')
  const {id, hosts} = (await cmc.json('environment', 'show', name)).answer
  const on = (role: string): string => hosts.find((each: {role: string}) => each.role === role).host
  const production = {name, id, database: on('database'), repository: on('repository')}
  if (megabytes > 0) await shell(production.database, `printf %s '${filling(megabytes)}' | ${psql}`)
  await must(cmc, 'environment', 'activate', name, '--request', 'EV-1', '--by', 'jdoe')
  return production
}

/** Production's database, for statements on stdin. */
export const psql = 'runuser -u postgres -- psql -XqAt -v ON_ERROR_STOP=1 -p 20000 -d selfhelp'

/** A statement that makes so much: rows of 2 kB that no compression makes much smaller. */
export function filling(megabytes: number): string {
  return `with base as materialized (select decode(string_agg(md5(n::text), $$$$), $$hex$$) as bytes from generate_series(1, 65536) n)
    insert into content.feedback (procedure, step, helpful, answers, release, at)
    select gen_random_uuid()::text, $$s$$, true,
      jsonb_build_object($$a$$, encode(substr(bytes, (1 + n::bigint * 7919 % 1000000)::integer, 940), $$hex$$)), $$0$$, now()
    from base, generate_series(1, ${megabytes * 512}) n; checkpoint`
}

function shellOf(cmc: Centre) {
  return async (host: string, script: string): Promise<string> => {
    const {exit, out, err} = await onHost(cmc, host, 'sh', '-c', script)
    if (exit !== 0) throw new Error(`${host}: ${script.slice(0, 200)} ended with ${exit}\n${err}`)
    return out.trim()
  }
}
