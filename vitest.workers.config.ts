/** Tests that run inside workerd, the runtime of Cloudflare Workers: those of Node as they are, and its own. */
import { globSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig, type Plugin } from 'vitest/config'
import { histories } from './test/workers/histories.ts'
import { NODE_ONLY } from './test/workers/node-only.ts'

// Nothing is asked of the internet.
process.env.WRANGLER_SEND_METRICS = 'false'
process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false'

const root = import.meta.dirname
const inWorkers = (name: string) => join(root, 'test/workers', name)

/** What stands in for a file that only Node can run. */
const TWINS: Readonly<Record<string, string>> = {
  'test/files.ts': inWorkers('files.ts'),
  'test/harness.ts': inWorkers('harness.ts'),
  'test/webhooks/world.ts': inWorkers('receiver.ts'),
  'src/platform/node/upstreams.ts': inWorkers('loopback.ts'),
}
/** Settings that tests decide beside the variables: taken by the Worker, and not by their own stand-in. */
const SETTINGS = 'src/platform/workers/settings.ts'

/** What tests read of the repository. */
const TEXTS = ['adapters/*/fixtures/**/*.json', 'adapters/*/wire/*.json', 'openapi/gateway.json', 'test/fourth/**/*']
const VIRTUAL = 'virtual:texts'

const twins: Plugin = {
  name: 'twins',
  enforce: 'pre',
  resolveId: async function (source, importer, options) {
    if (source === VIRTUAL) return `\0${VIRTUAL}`
    if (importer === undefined || !source.startsWith('.')) return null
    const from = relative(root, importer)
    const found = await this.resolve(source, importer, { ...options, skipSelf: true })
    if (found === null) return null
    const path = relative(root, found.id)
    if (path === SETTINGS) return from.startsWith('src/') ? inWorkers('settings.ts') : found
    return TWINS[path] ?? found
  },
  load: (id) => {
    if (id !== `\0${VIRTUAL}`) return null
    const paths = globSync(TEXTS, { cwd: root, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => relative(root, join(parentPath, name)))
    const files = Object.fromEntries(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]))
    // Packed: what travels to workerd as one message may not be longer than a megabyte.
    return `export default '${gzipSync(JSON.stringify({ root, files })).toString('base64')}'`
  },
}

/** Every installation of a file of tests has lists of its own. */
const DATABASES = Array.from({ length: 256 }, (_, index) => `DB${index + 1}`)

export default defineConfig({
  plugins: [
    twins,
    histories,
    cloudflareTest({
      // What objects say when a test ends them is no news.
      verbose: false,
      wrangler: { configPath: 'test/workers/wrangler.toml' },
      miniflare: { d1Databases: Object.fromEntries(DATABASES.map((name) => [name, name])) },
    }),
  ],
  test: {
    name: 'workerd',
    include: ['test/**/*.test.ts'],
    exclude: Object.keys(NODE_ONLY),
    setupFiles: ['test/setup.ts'],
    // Files share a runtime: each has installations of its own, and a runtime takes longer to start than most of them.
    isolate: false,
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
