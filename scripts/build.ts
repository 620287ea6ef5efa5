/** Builds the Node server into dist/: one file to start, the sandbox's material apart and loaded only there, and what the documentation is served from. */
import { rmSync } from 'node:fs'
import { build } from 'esbuild'
import { buildDocs } from './docs.ts'

rmSync('dist', { recursive: true, force: true })
await build({
  entryPoints: ['src/server.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  minify: true,
  sourcemap: 'linked',
  logLevel: 'warning',
  // undici is CommonJS and requires Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
})
buildDocs('dist/docs')
