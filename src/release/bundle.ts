import {realpath} from 'node:fs/promises'
import {join} from 'node:path'

/** Bundles the runtime with its packages into one module, as text; the same source gives the same text. */
export async function bundleRuntime(source: string): Promise<string> {
  const {build} = await import('esbuild')
  // Paths in the bundle are relative to the folder; over a link they would name where the checkout lies.
  const folder = await realpath(source)
  const result = await build({
    absWorkingDir: folder,
    entryPoints: [join(folder, 'src/main.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    // pg asks for its native twin only when told to.
    external: ['pg-native'],
    // pg is CommonJS and asks for Node's own modules by require.
    banner: {js: "import {createRequire} from 'node:module'\nconst require = createRequire(import.meta.url)"},
    legalComments: 'inline',
    logLevel: 'silent',
    write: false,
  })
  return result.outputFiles[0]?.text ?? ''
}
