import {type Centre, centre} from '../test/support/centre.ts'

/** A control plane with as many application hosts at one site, adopted and as wanted; it is gone when it is disposed of. */
export interface Prepared extends AsyncDisposable {
  readonly cmc: Centre
}

const roles = ['edge', 'presentation', 'edition', 'database']

/** Makes one on lab hosts of this machine; throws what a command reported. */
export async function prepared(hosts: number): Promise<Prepared> {
  const stack = new AsyncDisposableStack()
  const teardown = (work: () => unknown) => stack.defer(async () => void (await work()))
  try {
    const cmc = await centre({teardown} as Parameters<typeof centre>[0], '-bench', [{name: 'north', count: hosts}])
    await typed(cmc, 'init', '--operator', 'jane.doe@cmc.test')
    const dates = ['--iso27001', '2099-06-30', '--soc2', '2099-03-31']
    await typed(cmc, 'site', 'add', 'north', '--country', 'FR', '--tier', '3+', ...dates)
    for (const {name, hostKey} of (await cmc.status()).hosts)
      await typed(cmc, 'host', 'add', name, ...(await cmc.adopting(name, ...roles)), '--host-key', hostKey)
    await typed(cmc, 'host', 'apply', '--all')
    return {cmc, [Symbol.asyncDispose]: () => stack.disposeAsync()}
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

/** A command that must end well; gives what it printed. */
export async function typed(cmc: Pick<Centre, 'type'>, ...words: readonly string[]): Promise<string> {
  const {exit, out, err} = await cmc.type(...words)
  if (exit !== 0) throw new Error(`selfhelp ${words.join(' ')} ended with ${exit}:\n${out}${err}`)
  return out
}
