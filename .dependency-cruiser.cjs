/** Which room may reach which (docs/design.md, Rooms). test/architecture.test.ts provokes every rule by name. */

/** Wherever node_modules is linked from: a second working tree shares it. */
const npm = (names) => `(^|/)node_modules/(${names})/`
const zod = npm('zod')
const canonical = '^src/canonical/'
const contract = '^src/contract/'
const engine = '^src/engine/'

/** Files that put a whole gateway together: they reach every room, and the adapters through the registry only. */
const compositionRoots = '^src/(server|worker|studio)\\.ts$'
/** Everything that is ours: what a rule about rooms, and not about packages, has to answer for. */
const ours = '^(src|adapters|test|scripts|bench|simulator|openapi)/'

/**
 * A room that reaches what is listed and nothing else. Stated as what is left over, so that a package or a built-in
 * nobody thought of is refused as well.
 */
const onlyReaches = (name, comment, from, allowed) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { pathNot: allowed },
})

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    onlyReaches('canonical-is-the-floor', 'The language knows no other room.', canonical, [canonical, zod]),
    onlyReaches('contract-stands-on-canonical', 'What an adapter is, is said in canonical words only.', contract, [
      canonical,
      contract,
      zod,
    ]),
    onlyReaches('adapters-know-only-the-contract', 'An adapter is a table: it is handed to others.', '^adapters/', [
      '^adapters/',
      canonical,
      contract,
      zod,
    ]),
    {
      name: 'adapters-do-not-know-each-other',
      comment: 'What relays really share lives in adapters/dialects.',
      severity: 'error',
      from: { path: '^adapters/([^/]+)/', pathNot: '^adapters/dialects/' },
      to: { path: '^adapters/', pathNot: ['^adapters/$1/', '^adapters/dialects/'] },
    },
    {
      name: 'dialects-know-no-provider',
      comment: 'A dialect is shared: it may not lean on one of those who share it.',
      severity: 'error',
      from: { path: '^adapters/dialects/' },
      to: { path: '^adapters/', pathNot: '^adapters/dialects/' },
    },
    onlyReaches('engine-is-headless', 'Behaviour runs anywhere: no HTTP framework, runtime or package.', engine, [
      canonical,
      contract,
      engine,
      zod,
    ]),
    onlyReaches('http-knows-no-runtime', 'Messages of ours, on any runtime and any storage.', '^src/http/', [
      canonical,
      contract,
      engine,
      '^src/(http|formats)/',
      npm('hono|@hono/zod-openapi'),
      zod,
    ]),
    {
      name: 'platform-decides-nothing',
      comment: 'A runtime carries out what the engine decided; packages are its business.',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { path: ours, pathNot: [canonical, contract, engine, '^src/platform/'] },
    },
    onlyReaches('sandbox-is-handed-its-adapters', 'A simulated upstream is a pure handler.', '^src/sandbox/', [
      canonical,
      contract,
      engine,
      '^src/sandbox/',
      npm('@cfworker/json-schema'),
      zod,
    ]),
    onlyReaches('formats-know-only-canonical', 'An exporter turns canonical lyrics into text.', '^src/formats/', [
      canonical,
      '^src/formats/',
    ]),
    {
      name: 'formats-serve-http',
      comment: 'Formats are a way to answer: whoever does not answer has no use for them.',
      severity: 'error',
      from: { path: '^(src|adapters)/', pathNot: ['^src/(http|formats)/', compositionRoots] },
      to: { path: '^src/formats/' },
    },
    {
      name: 'only-the-registry-names-providers',
      comment: 'Everyone else is handed adapters.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/registry\\.ts$' },
      to: { path: '^adapters/' },
    },
    {
      name: 'built-ins-stay-in-node',
      comment: 'Everything else also runs on Workers.',
      severity: 'error',
      from: { path: '^(src|adapters)/', pathNot: ['^src/platform/node/', '^src/server\\.ts$'] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'node-packages-stay-in-node',
      comment: 'Packages that need Node built-ins are built-ins by another name.',
      severity: 'error',
      from: { path: '^(src|adapters)/', pathNot: ['^src/platform/node/', '^src/server\\.ts$'] },
      to: { path: npm('undici|@hono/node-server') },
    },
    {
      name: 'edge-never-reaches-node',
      comment: 'Reaching src/platform/node would bring the built-ins along.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/platform/node/', '^src/server\\.ts$'] },
      to: { path: '^src/platform/node/' },
    },
    onlyReaches('client-stands-alone', 'The client is a package of its own, without any other.', '^openapi/client/', [
      '^openapi/client/',
    ]),
    {
      name: 'simulator-is-its-own-world',
      comment: 'Whoever judges the engine is not leaned on by what it judges.',
      severity: 'error',
      from: { path: '^(src|adapters|openapi)/' },
      to: { path: '^(simulator|test|bench)/' },
    },
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or three.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // What tools wrote is theirs.
    exclude: { path: '^openapi/client/(generated|dist)/' },
    // Type-only imports tie rooms together as much as values do.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
}
