/** Who may import whom. The reasons are in CONTRIBUTING.md, "The layout". */
/** Tests, and the folders of what they share, which are in no image of the product. */
const inTests = '([.]test[.]ts|/testing/[^/]+[.]ts)$'
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'queues-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^queues/', pathNot: inTests },
      to: { path: '^(workers|src)/' },
    },
    {
      name: 'shared-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^src/shared/', pathNot: inTests },
      to: { path: '^(queues|workers|src/(?!shared/))' },
    },
    {
      name: 'workers-import-queues-and-shared',
      severity: 'error',
      from: { path: '^workers/', pathNot: inTests },
      to: { path: '^src/(?!shared/)' },
    },
    {
      name: 'no-stage-imports-another',
      severity: 'error',
      from: { path: '^workers/([^/]+)/', pathNot: inTests },
      // The extractor is no stage: inspect and fetch both ask it.
      to: { path: '^workers/[^/]+/', pathNot: ['^workers/$1/', '^workers/extractor/'] },
    },
    {
      name: 'bot-imports-queues-and-shared',
      severity: 'error',
      from: { path: '^src/bot/', pathNot: inTests },
      to: { path: '^(workers|src/(?!shared/|bot/))' },
    },
    {
      name: 'web-imports-queues-and-shared',
      severity: 'error',
      from: { path: '^src/web/', pathNot: inTests },
      to: { path: '^(workers|src/(?!shared/|web/))' },
    },
    {
      name: 'operator-imports-queues-and-shared',
      severity: 'error',
      from: { path: '^src/operator/', pathNot: inTests },
      to: { path: '^(workers|src/(?!shared/|operator/))' },
    },
    {
      name: 'the-playground-starts-processes-and-imports-none-of-them',
      severity: 'error',
      from: { path: '^src/playground/', pathNot: inTests },
      to: { path: '^(workers|src/(bot|web|operator))/' },
    },
    {
      name: 'product-runs-without-dev-dependencies',
      severity: 'error',
      from: { path: '^(queues|workers|src/(shared|bot|web|operator))/', pathNot: inTests },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
