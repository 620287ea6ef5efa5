/** Pages that were prepared are the pages: for every path and every kind of reader. And the Worker's configurations agree. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { material } from '../../scripts/docs.ts'
import { PREPARED, type Prepared, prepare, preparedDocs } from '../../src/http/docs/prepared.ts'
import type { Docs } from '../../src/http/docs/serve.ts'
import { createDocs } from '../../src/http/docs/site.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

const BROWSER = 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8'
const READERS = [undefined, '*/*', BROWSER, 'application/json'].flatMap((type) =>
  [undefined, 'gzip, br', 'br', 'identity'].map((encoding) => ({ type, encoding })),
)

const encoder = new TextEncoder()
const bytes = (body: string | Uint8Array) => Buffer.from(typeof body === 'string' ? encoder.encode(body) : body)

describe('what was prepared', () => {
  let live: Docs
  let prepared: Docs
  let files: ReadonlyMap<string, string | Uint8Array>
  beforeAll(async () => {
    live = createDocs(read('openapi/gateway.json'), material())
    files = await prepare(live)
    const list = JSON.parse(files.get(PREPARED) as string) as Prepared
    prepared = preparedDocs(list, async (name) => new Uint8Array(bytes(files.get(name)!)))
  })

  test('has the same paths', () => {
    expect(prepared.paths.toSorted()).toEqual(live.paths.toSorted())
    expect(prepared.paths.length).toBeGreaterThan(60)
    for (const path of live.paths) expect(prepared.serves(path)).toBe(true)
    for (const path of ['/docs/none', '/errors/none', 'toString', '/pages/0']) expect(prepared.serves(path)).toBe(false)
  })

  test.each(READERS)('is the same for $type and $encoding', async (reader) => {
    for (const path of [...live.paths, '/docs/none', '/docs/toString', '/docs/<b>$&']) {
      const { body: wanted, ...same } = await live.page(path, reader)
      const { body, ...answer } = await prepared.page(path, reader)
      expect({ path, ...answer }).toEqual({ path, ...same })
      expect(bytes(body).equals(bytes(wanted)), path).toBe(true)
    }
  })

  test('keeps each answer once', () => {
    const pages = [...files.keys()].filter((name) => name !== PREPARED)
    // Codes and the renderer differ by who reads, and there is one page for what is missing.
    const codes = live.paths.filter((path) => path.startsWith('/errors/')).length
    expect(pages.length).toBe(live.paths.length + codes + 1 + 1)
  })
})

describe('the configurations of the Worker', () => {
  /** Tables and values of a configuration, without what may differ. */
  const partsOf = (path: string, without: RegExp) =>
    read(path)
      .split(/\n(?=\[)|\n\n/)
      .map((part) =>
        part
          .split('\n')
          .filter((line) => line !== '' && !line.startsWith('#'))
          .join('\n'),
      )
      .filter((part) => part !== '' && !without.test(part))
      .toSorted()

  test('that runs here is the one that is deployed, with the simulated upstreams', () => {
    const deployed = partsOf('wrangler.toml', /^name|^\[observability\]|database_id/)
    const here = partsOf('wrangler.dev.toml', /^name|^\[vars\]|"STUDIO"|database_id/)
    expect(here).toEqual(deployed)
  })

  test('are of one runtime', () => {
    const runtimes = ['wrangler.toml', 'wrangler.dev.toml', 'wrangler.studio.toml', 'test/workers/wrangler.toml'].map(
      (path) =>
        read(path)
          .match(/^compatibility_(date|flags) = .*$/gm)
          ?.join(),
    )
    expect(new Set(runtimes).size).toBe(1)
  })
})
