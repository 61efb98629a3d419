import {resolve} from 'node:path'
import {ConfigError, readConfig} from './config.ts'
import {log} from './log.ts'
import {readRelease} from './release.ts'

const usage = `usage: selfhelp-runtime serve --config FILE
       selfhelp-runtime migrate --config FILE
       selfhelp-runtime ask --config FILE METHOD PATH    (a JSON body on stdin, for POST)
       selfhelp-runtime version
`

/** Runs one command and promises its exit code: 0 done, 1 fault, 2 usage or configuration, 3 refused. */
async function main(argv: string[]): Promise<number> {
  const [command, flag, file, ...rest] = argv
  const release = readRelease(resolve(import.meta.dirname, '..'))
  if (command === 'version') {
    process.stdout.write(`${JSON.stringify({version: release.version, schemaLevel: release.schemaLevel})}\n`)
    return 0
  }
  if (flag !== '--config' || !file) return misused()
  const config = readConfig(file, process.env.CREDENTIALS_DIRECTORY)
  // Each loads what it needs only: `ask` is typed often and waited for.
  if (command === 'serve') return await (await import('./serve.ts')).serve(config, release)
  if (command === 'migrate') return await (await import('./migrate.ts')).migrate(config, release)
  if (command !== 'ask' || rest.length !== 2) return misused()
  const [method = '', path = ''] = rest
  return await (await import('./admin/ask.ts')).ask(config, {method, path})
}

function misused(): number {
  process.stderr.write(usage)
  return 2
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (error instanceof ConfigError) {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 2
  } else {
    log('error', 'command-failed', {error})
    process.exitCode = (error as Error).name === 'MigrationRefused' ? 3 : 1
  }
}
