/** Builds the client's package into openapi/client/dist: one file of JavaScript for Node, browsers and Workers, and its types. */
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { build } from 'esbuild'

const folder = join(import.meta.dirname, '../openapi/client')
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc')

rmSync(join(folder, 'dist'), { recursive: true, force: true })
await build({
  entryPoints: [join(folder, 'index.ts')],
  outdir: join(folder, 'dist'),
  bundle: true,
  format: 'esm',
  // Nothing of one runtime: a built-in of Node would not be found.
  platform: 'neutral',
  target: 'es2022',
  logLevel: 'warning',
})
execFileSync(process.execPath, [compiler, '-p', folder], { stdio: 'inherit' })
