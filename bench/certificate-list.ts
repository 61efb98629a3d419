import {openLedger} from '../src/ledger/open.ts'
import {filled, inNodes, nothing, selfhelp} from './ledger.ts'
import {type Compared, compare, program} from './pairs.ts'

/** With two environments of two names each, 10,000 names. */
const tenants = 2500

/** What a list costs among ten thousand certificates, each with one that it replaced; whole processes. */
export async function certificateList({pairs}: {pairs: number}): Promise<readonly Compared[]> {
  return filled({tenants, entries: 0}, async env => {
    await certify(env)
    const list = (...words: readonly string[]) => ['certificate', 'list', ...words]
    const side = (words: readonly string[]) => program('selfhelp', [selfhelp, ...words], env)
    const results: Compared[] = []
    for (const words of [list(), list('--expiring', '30d')])
      results.push(await compare({...at(words), ours: side(words), pairs}))
    console.log(`all of them at once: ${(await side(list('--limit', '10000')).run()).toFixed(0)} ms`)
    return results
  })
}

const at = (words: readonly string[]) => ({name: words.join(' '), peer: nothing, atMost: inNodes(300)})

/** Ends spread over 200 days; a chain is as long as two of RSA are. */
async function certify(env: NodeJS.ProcessEnv): Promise<void> {
  const ledger = await openLedger({home: env.SELFHELP_HOME ?? '', env})
  try {
    await ledger.all`
      insert into certificate (hostname, chain, key_secret, fingerprint, not_before, not_after, issuer, state, created_at)
      select name, (select string_agg(md5(n || name), '') from generate_series(1, 110) n), 'k/' || name,
        md5(name || before) || md5(before || name), ended - interval '200 days', ended, 'CN=Bench',
        case before when 0 then 'served' else 'replaced' end, ended - interval '200 days'
      from hostname, generate_series(0, 1) before, lateral (
        select now() + interval '1 hour' * (abs(hashtext(name)) % 4800) - interval '140 days' * before as ended) e`
    await ledger.all`analyze`
  } finally {
    await ledger.close()
  }
}
