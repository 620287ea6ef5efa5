/** Builds the Node server into dist/: what is started, the sandbox's material apart and loaded only there, and what the documentation is served from. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { buildDocs } from './docs.ts'
import { noticesOf } from './notices.ts'

/** The Worker has a build of its own. */
const OTHERS = ['worker', 'bundled']
mkdirSync('dist', { recursive: true })
for (const each of readdirSync('dist'))
  if (!OTHERS.includes(each)) rmSync(join('dist', each), { recursive: true, force: true })
const { metafile } = await build({
  entryPoints: { main: 'src/server.ts', key: 'scripts/key.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  minify: true,
  sourcemap: 'linked',
  logLevel: 'warning',
  metafile: true,
  // undici is CommonJS and requires Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
})
writeFileSync('dist/NOTICES.txt', noticesOf(Object.keys(metafile.inputs)))
writeFileSync('dist/openapi.json', JSON.stringify(JSON.parse(readFileSync('openapi/gateway.json', 'utf8'))))
// What V8 has compiled once is kept beside it: the next start takes half the time.
writeFileSync(
  'dist/server.js',
  `import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
enableCompileCache?.(join(import.meta.dirname, '.compiled'))
await import('./main.js')
`,
)
buildDocs('dist/docs')
