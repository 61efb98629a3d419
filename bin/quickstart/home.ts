import {existsSync, mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {homeOf} from '../../src/cli/home.ts'
import {Refusal} from '../../src/error.ts'

/** The home quickstart works in, and the mark that says it is quickstart's own and may be taken away. */
export function ownHome(): string {
  const home = homeOf(process.env, process.getuid?.() ?? 0)
  if (existsSync(home) && !existsSync(markOf(home))) {
    throw new Refusal(
      'quickstart-not-ours',
      `${home} holds a control plane that quickstart did not make; it is left alone.`,
      {
        remedies: ['SELFHELP_HOME=/var/lib/selfhelp-quickstart npm run quickstart'],
      },
    )
  }
  return home
}

/** Makes the home, marked. */
export function makeHome(): void {
  const home = ownHome()
  mkdirSync(home, {recursive: true, mode: 0o711})
  writeFileSync(markOf(home), 'Made by npm run quickstart; npm run quickstart -- --down removes this folder.\n')
}

const markOf = (home: string): string => join(home, 'quickstart')
