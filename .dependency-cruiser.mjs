// Arrows point down only (docs/architecture.md): commands → cli → nouns → runbook, machine, render, ledger, secret, terminal → error.

/** The nouns, lowest first: each may ask only those before it, through their model.ts and steps.ts. */
const nouns = [
  'explain',
  'flow',
  'operator',
  'site',
  'probe',
  'tls',
  'event',
  'host',
  'release',
  'contract',
  'ca',
  'environment',
  'certificate',
  'domain',
  'notice',
  'announcement',
  'calendar',
  'backup',
  'transfer',
  'activation',
  'restore',
  'tenant',
  'maintenance',
  'migration',
  'vpn',
  'connector',
  'journal',
  'safekeeping',
  'run',
  'schedule',
  'lab',
  'init',
  'doctor',
]

const kernel = ['runbook', 'machine', 'render', 'ledger', 'secret', 'terminal']
const any = list => `(?:${list.join('|')})`
const ground = '^src/(?:error|clock|root)\\.ts$'
const onlyTypes = ['type-only']

const layers = [
  {
    name: 'error-imports-nothing',
    comment: 'everything may import it, so it imports nothing',
    from: {path: '^src/error\\.ts$'},
    to: {path: '.*'},
  },
  {
    name: 'kernel-knows-no-noun',
    comment: 'runbook, machine, render, ledger, secret and terminal serve every noun and know none, nor the CLI',
    from: {path: `^src/${any(kernel)}/`},
    to: {path: '^(?:src|commands)/', pathNot: [`^src/${any(kernel)}/`, ground]},
  },
  {
    name: 'kernel-order',
    comment: 'runbook → machine, ledger; machine, ledger → render, secret',
    from: {path: '^src/(?:machine|ledger|render|secret)/'},
    to: {path: '^src/runbook/'},
  },
  {
    name: 'render-and-secret-are-lowest',
    from: {path: '^src/(?:render|secret)/'},
    to: {path: '^src/(?:machine|ledger)/', dependencyTypesNot: onlyTypes},
  },
  {
    name: 'nouns-know-no-cli',
    comment: 'a noun gets its collaborators passed in, and returns data for the CLI to show',
    from: {path: '^src/', pathNot: '^src/cli/'},
    to: {path: '^src/cli/'},
  },
  {
    name: 'nouns-see-only-types-of-terminal',
    comment: 'what they return is data; how it looks is decided where it is shown',
    from: {path: '^src/', pathNot: '^src/(?:cli|terminal)/'},
    to: {path: '^src/terminal/', dependencyTypesNot: onlyTypes},
  },
  {
    name: 'world-is-a-promise',
    comment: 'src/world.ts says what a command is given; src/cli/make-world.ts makes it',
    from: {path: '^src/world\\.ts$'},
    to: {path: '.*', dependencyTypesNot: onlyTypes},
  },
  {
    name: 'cli-knows-nouns-only-to-make-the-world',
    comment: 'and who asks, which every command knows',
    from: {path: '^src/cli/', pathNot: '^src/cli/(?:make-world|runbooks)\\.ts$'},
    to: {path: `^src/${any(nouns)}/`, pathNot: '^src/operator/model\\.ts$'},
  },
  {
    name: 'nouns-meet-through-model-and-steps',
    comment: 'what another noun may rely on stands in its model.ts and steps.ts',
    from: {path: `^src/(${any(nouns)})/`},
    to: {path: `^src/${any(nouns)}/`, pathNot: ['^src/$1/', '^src/[^/]+/(?:model|steps)\\.ts$']},
  },
  {
    name: 'noun-is-declared',
    comment: 'a new folder of src/ gets its place in the order of nouns in .dependency-cruiser.mjs',
    from: {},
    to: {path: '^src/[^/]+/', pathNot: `^src/${any([...kernel, ...nouns, 'cli'])}/`},
  },
  {
    name: 'nobody-imports-commands',
    from: {path: '^(?:src|commands|runtime)/'},
    to: {path: '^(?:commands|bin|test|bench)/'},
  },
  {
    name: 'runtime-stands-alone',
    comment: 'the application is deployed without the control plane, and the control plane without it',
    from: {path: '^runtime/'},
    to: {path: '^src/'},
  },
  {
    name: 'src-imports-no-runtime',
    from: {path: '^(?:src|commands)/'},
    to: {path: '^runtime/'},
  },
  {
    name: 'no-development-package-in-the-product',
    comment: 'but a release of the runtime is built from a checkout, where the bundler is',
    from: {path: '^(?:src|commands)/', pathNot: '^src/release/bundle\\.ts$'},
    to: {dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown']},
  },
  // What is built need not be there to judge the sources.
  {name: 'resolvable', from: {}, to: {couldNotResolve: true, pathNot: 'dist[./]'}},
  {name: 'no-cycle', comment: 'also of types: who reads a file reads downwards', from: {}, to: {circular: true}},
]

const order = nouns.slice(0, -1).map((noun, at) => ({
  name: `${noun}-is-below`,
  comment: 'nouns stand in one declared order',
  from: {path: `^src/${noun}/`},
  to: {path: `^src/${any(nouns.slice(at + 1))}/`},
}))

export default {
  forbidden: [...layers, ...order].map(rule => ({severity: 'error', ...rule})),
  options: {
    doNotFollow: {path: 'node_modules'},
    includeOnly: {path: '^(?:src|commands|runtime|test|bench|bin)/|node_modules|^\\.\\.?/'},
    exclude: {path: '^dist[./]'},
    tsPreCompilationDeps: true,
    tsConfig: {fileName: new URL('tsconfig.json', import.meta.url).pathname},
    enhancedResolveOptions: {exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default']},
  },
}
