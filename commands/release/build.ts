import {Args, Flags} from '@oclif/core'
import {LedgerMutation, type Typed} from '../../src/cli/base.ts'
import {architectures} from '../../src/release/model.ts'
import {shelfIn} from '../../src/release/shelf.ts'
import {releaseAdded} from '../../src/release/view.ts'
import {packageRoot} from '../../src/root.ts'

export default class ReleaseBuild extends LedgerMutation {
  static override summary = "Build a release of this checkout's runtime, sign it and record it"
  static override args = {version: Args.string({description: "its version; the runtime's own when left out"})}
  static override flags = {
    architecture: Flags.option({options: architectures, description: "of the hosts; this machine's when left out"})(),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> 0.1.1 --architecture x64 --json',
  ]

  protected override async answer({args, flags, world}: Typed<typeof ReleaseBuild>) {
    const {makeRelease} = await import('../../src/release/make.ts')
    const architecture = flags.architecture ?? thisArchitecture()
    const version = args.version === undefined ? {} : {version: args.version}
    const shelf = await shelfIn(world)
    const part = world.progress.part('release')
    const result = await makeRelease(shelf, {root: packageRoot(), architecture, ...version}).catch(error => {
      part.failed()
      throw error
    })
    part.done()
    return {result, view: releaseAdded(result)}
  }
}

function thisArchitecture(): (typeof architectures)[number] {
  return process.arch === 'arm64' ? 'arm64' : 'x64'
}
