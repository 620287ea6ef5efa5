/** The rooms: who reaches whom, who says which word, and what may not happen in the pure ones. */
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import readRules from 'dependency-cruiser/config-utl/extract-depcruise-config'
import readOptions from 'dependency-cruiser/config-utl/extract-depcruise-options'
import readTsConfig from 'dependency-cruiser/config-utl/extract-ts-config'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { catalogue } from '../src/canonical/catalogue.ts'
import { CALL_FORMS, TASK_FORMS } from '../src/contract/operations.ts'

const root = join(import.meta.dirname, '..')
const configFile = join(root, '.dependency-cruiser.cjs')
const files = (...patterns: string[]) => globSync(patterns, { cwd: root }).sort()
const source = (path: string) => readFileSync(join(root, path), 'utf8')

/** What the linter sees in a tree, by the rules of the repository. */
const lint = async (baseDir: string): Promise<ICruiseResult> => {
  const rooms = ['src', 'adapters', 'test', 'scripts', 'bench', 'simulator', 'openapi/client'].filter((room) =>
    existsSync(join(baseDir, room)),
  )
  const options = await readOptions(configFile)
  const tsConfig = readTsConfig(join(root, 'tsconfig.json'))
  // The default reporter hands over the result as an object.
  return (await cruise(rooms, { ...options, baseDir }, undefined, { tsConfig })).output as ICruiseResult
}

const caught = (result: ICruiseResult) =>
  result.summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`).sort()

describe('direction', () => {
  it('holds in this repository', async () => {
    const result = await lint(root)
    expect(caught(result)).toEqual([])
    // A linter that can not read TypeScript sees nothing and is content.
    const own = result.modules.map((module) => module.source).filter((path) => !path.includes('node_modules'))
    expect(own.length).toBeGreaterThan(30)
    expect(own).toEqual(expect.arrayContaining(files('{src,adapters}/**/*.ts')))
    // zod in canonical is the package rules speak of, not an unresolved name that every rule lets pass.
    expect(result.modules.some((module) => /(^|\/)node_modules\/zod\//.test(module.source))).toBe(true)
  })

  it('has a rule for every room', async () => {
    const { forbidden = [] } = await readRules(configFile)
    const froms = forbidden.map((rule) => `${rule.from.path}`)
    for (const room of readdirSync(join(root, 'src'), { withFileTypes: true })) {
      if (room.isDirectory()) expect(froms).toContain(`^src/${room.name}/`)
      else expect(['registry.ts', 'server.ts', 'studio.ts', 'worker.ts']).toContain(room.name)
    }
  })
})

/** Per rule: a file that breaks it and no other rule, and what it imports. */
const plants: readonly (readonly [rule: string, path: string, imports: string])[] = [
  ['canonical-is-the-floor', 'src/canonical/a.ts', '../contract/lawful.ts'],
  ['canonical-is-the-floor', 'src/canonical/b.ts', 'hono'],
  ['canonical-is-the-floor', 'src/canonical/c.ts', 'not-installed'],
  ['contract-stands-on-canonical', 'src/contract/a.ts', '../engine/lawful.ts'],
  ['contract-stands-on-canonical', 'src/contract/b.ts', 'hono'],
  ['adapters-know-only-the-contract', 'adapters/kie/a.ts', '../../src/engine/lawful.ts'],
  ['adapters-know-only-the-contract', 'adapters/kie/b.ts', 'hono'],
  ['adapters-know-only-the-contract', 'adapters/dialects/relay/a.ts', '../../../src/sandbox/lawful.ts'],
  ['adapters-do-not-know-each-other', 'adapters/kie/c.ts', '../apibox/lawful.ts'],
  ['dialects-know-no-provider', 'adapters/dialects/relay/b.ts', '../../apibox/lawful.ts'],
  ['engine-is-headless', 'src/engine/a.ts', 'hono'],
  ['engine-is-headless', 'src/engine/b.ts', '../http/lawful.ts'],
  ['engine-is-headless', 'src/engine/c.ts', '../platform/workers/lawful.ts'],
  ['engine-is-headless', 'src/engine/d.ts', '../sandbox/lawful.ts'],
  ['http-knows-no-runtime', 'src/http/a.ts', '../platform/workers/lawful.ts'],
  ['http-knows-no-runtime', 'src/http/b.ts', '../sandbox/lawful.ts'],
  ['http-knows-no-runtime', 'src/http/c.ts', '../registry.ts'],
  ['platform-decides-nothing', 'src/platform/workers/a.ts', '../../http/lawful.ts'],
  ['platform-decides-nothing', 'src/platform/node/a.ts', '../../sandbox/lawful.ts'],
  ['sandbox-is-handed-its-adapters', 'src/sandbox/a.ts', '../registry.ts'],
  ['sandbox-is-handed-its-adapters', 'src/sandbox/b.ts', 'hono'],
  ['formats-know-only-canonical', 'src/formats/a.ts', '../contract/lawful.ts'],
  ['formats-know-only-canonical', 'src/formats/b.ts', 'zod'],
  ['formats-serve-http', 'src/another.ts', './formats/lawful.ts'],
  ['only-the-registry-names-providers', 'src/worker.ts', '../adapters/kie/lawful.ts'],
  ['built-ins-stay-in-node', 'src/platform/workers/b.ts', 'node:sqlite'],
  ['built-ins-stay-in-node', 'src/platform/workers/c.ts', 'fs'],
  ['node-packages-stay-in-node', 'src/platform/workers/d.ts', 'undici'],
  ['node-packages-stay-in-node', 'src/platform/workers/e.ts', '@hono/node-server'],
  ['edge-never-reaches-node', 'src/platform/workers/f.ts', '../node/lawful.ts'],
  ['client-stands-alone', 'openapi/client/a.ts', '../../src/canonical/lawful.ts'],
  ['client-stands-alone', 'openapi/client/b.ts', 'zod'],
  ['platform-decides-nothing', 'src/platform/workers/g.ts', '../../../openapi/client/lawful.ts'],
  ['simulator-is-its-own-world', 'src/third.ts', '../simulator/lawful.ts'],
  ['simulator-is-its-own-world', 'src/fourth.ts', '../test/lawful.ts'],
  ['no-cycles', 'test/a.ts', './b.ts'],
]

/** What each room is allowed: a rule that refuses everything would catch every plant too. */
const lawful: Readonly<Record<string, readonly string[]>> = {
  'src/canonical/word.ts': ['zod'],
  'src/canonical/lawful.ts': ['zod', './word.ts'],
  'src/contract/lawful.ts': ['zod', '../canonical/lawful.ts'],
  'src/engine/port.ts': [],
  'src/engine/lawful.ts': ['zod', '../canonical/lawful.ts', '../contract/lawful.ts', './port.ts'],
  'src/formats/lawful.ts': ['../canonical/lawful.ts'],
  'src/http/lawful.ts': [
    'zod',
    'hono',
    '@hono/zod-openapi',
    '../engine/lawful.ts',
    '../contract/lawful.ts',
    '../formats/lawful.ts',
  ],
  'src/platform/workers/lawful.ts': [
    'zod',
    'hono',
    'cloudflare:workers',
    '../../engine/lawful.ts',
    '../../canonical/lawful.ts',
  ],
  'src/platform/node/lawful.ts': ['node:sqlite', 'undici', '@hono/node-server', '../../engine/lawful.ts'],
  'src/sandbox/lawful.ts': ['zod', '@cfworker/json-schema', '../engine/lawful.ts', '../contract/lawful.ts'],
  'src/registry.ts': ['../adapters/kie/lawful.ts', '../adapters/apibox/lawful.ts', './contract/lawful.ts'],
  'src/server.ts': [
    'node:http',
    'undici',
    './registry.ts',
    './http/lawful.ts',
    './platform/node/lawful.ts',
    './formats/lawful.ts',
  ],
  'adapters/dialects/relay/lawful.ts': ['zod', '../../../src/canonical/lawful.ts', '../../../src/contract/lawful.ts'],
  'adapters/apibox/table.ts': [],
  'adapters/apibox/lawful.ts': ['zod', '../dialects/relay/lawful.ts', './table.ts', '../../src/contract/lawful.ts'],
  'adapters/kie/lawful.ts': ['zod', '../dialects/relay/lawful.ts', '../../src/canonical/lawful.ts', './wire/a.json'],
  'scripts/lawful.ts': ['node:fs', 'hono', '../src/registry.ts', '../adapters/kie/lawful.ts', '../src/server.ts'],
  // The other half of the one cycle, which is reported once.
  'test/b.ts': ['./a.ts'],
  'openapi/client/part.ts': [],
  'openapi/client/lawful.ts': ['./part.ts'],
  'simulator/lawful.ts': ['node:fs', '../src/engine/lawful.ts', '../src/registry.ts'],
  'test/lawful.ts': ['../simulator/lawful.ts', '../src/server.ts'],
  'bench/lawful.ts': ['undici', '../src/server.ts'],
}
const packages = ['zod', 'hono', 'undici', '@hono/node-server', '@hono/zod-openapi', '@cfworker/json-schema']

describe('every rule of direction', () => {
  let tree = ''
  let seen: string[] = []

  beforeAll(async () => {
    tree = realpathSync(mkdtempSync(join(tmpdir(), 'tutti-architecture-')))
    const plant = (path: string, text: string) => {
      mkdirSync(join(tree, dirname(path)), { recursive: true })
      writeFileSync(join(tree, path), text)
    }
    for (const name of packages) {
      plant(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', exports: './index.js' }))
      plant(`node_modules/${name}/index.js`, 'export {}\n')
    }
    plant('package.json', JSON.stringify({ dependencies: Object.fromEntries(packages.map((name) => [name, '1.0.0'])) }))
    plant('adapters/kie/wire/a.json', '{}')
    for (const [path, imports] of Object.entries(lawful)) {
      plant(path, `${imports.map((from) => `import '${from}'\n`).join('')}export type Lawful = 1\n`)
    }
    // Type-only on purpose: the weakest tie there is has to be seen.
    for (const [, path, from] of plants)
      plant(path, `import type { Lawful } from '${from}'\nexport type Own = Lawful\n`)
    seen = caught(await lint(tree))
  })
  afterAll(() => rmSync(tree, { recursive: true, force: true }))

  it('is provoked by a plant', async () => {
    const { forbidden = [] } = await readRules(configFile)
    const provoked = new Set(plants.map(([rule]) => rule))
    expect([...provoked].sort()).toEqual(forbidden.map((rule) => rule.name ?? 'unnamed').sort())
  })

  it.each(plants)('%s: refuses %s importing %s', (rule, path) => {
    expect(seen.filter((line) => line.endsWith(`: ${path}`))).toEqual([`${rule}: ${path}`])
  })

  it('refuses nothing else', () => {
    expect(seen).toEqual(plants.map(([rule, path]) => `${rule}: ${path}`).sort())
  })
})

/** TypeScript with its comments, and its strings too where told so, blanked out: every other character keeps its place. */
const code = (text: string, { strings }: { strings: 'kept' | 'blanked' }): string => {
  const file = ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest, true)
  const shown = text.replace(/[^\n]/g, ' ').split('')
  const isText = (node: ts.Node) =>
    ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)
  const show = (node: ts.Node) => {
    if (ts.isJSDoc(node) || (isText(node) && strings === 'blanked')) return
    const children = node.getChildren(file)
    for (const child of children) show(child)
    if (children.length > 0) return
    for (let at = node.getStart(file); at < node.end; at++) shown[at] = text[at] ?? ''
  }
  show(file)
  return shown.join('')
}

describe('vocabulary', () => {
  const camel = (snake: string) => snake.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
  /** Our own names as TypeScript spells them: `taskId` is what `task_id` is called in code, whoever else says it too. */
  const ownNames = () => {
    const text = files('src/{canonical,contract}/**/*.ts').map(source).join('\n')
    const keys = [...text.matchAll(/\b([a-z][a-z0-9]*(?:_[a-z0-9]+)+)\b/g)].map(([, name = '']) => camel(name))
    const exported = [...text.matchAll(/export (?:const|type|interface) ([A-Z][a-z]\w*)/g)].map(
      ([, name = '']) => name.charAt(0).toLowerCase() + name.slice(1),
    )
    return new Set([...keys, ...exported, ...Object.keys(catalogue), ...TASK_FORMS, ...CALL_FORMS])
  }
  const wireWord = /^(?:[a-z]+(?:[A-Z][a-z0-9]*)+|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[a-z]+-v\d[\w-]*)$/
  /** Words only a provider uses: `callBackUrl`, `TEXT_SUCCESS`, `chirp-v5`, out of paths such as `response.sunoData` too. */
  const wireWords = () => {
    const own = ownNames()
    const quoted = files('adapters/**/*.ts').flatMap((path) => [
      ...code(source(path), { strings: 'kept' }).matchAll(/'([\w.*-]+)'/g),
    ])
    const words = quoted.flatMap(([, text = '']) => text.split('.')).filter((word) => wireWord.test(word))
    return [...new Set(words)].filter((word) => !own.has(word)).sort()
  }
  const providers = () =>
    readdirSync(join(root, 'adapters'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'dialects')
      .map((entry) => entry.name)
  const said = (pattern: RegExp) =>
    files('src/**/*.*')
      .filter((path) => path !== 'src/registry.ts')
      .flatMap((path) => [...source(path).matchAll(pattern)].map(([word]) => `${path}: ${word}`))

  it('is read from the tables', () => {
    const words = wireWords()
    expect(words.length).toBeGreaterThan(20)
    expect(words).toEqual(
      expect.arrayContaining(['callBackUrl', 'alignedWords', 'sunoData', 'TEXT_SUCCESS', 'chirp-v5']),
    )
    expect(words).not.toContain('generateMusic')
    expect(providers()).toEqual(expect.arrayContaining(['kie', 'apibox', 'udioapi']))
  })

  // In comments too: a reader of the engine is not to need a provider's manual.
  it('of a provider is not spoken in src', () => {
    expect(said(new RegExp(`(?<![\\w-])(?:${wireWords().join('|')})(?![\\w-])`, 'g'))).toEqual([])
  })

  it('of src holds no provider id but in the registry', () => {
    expect(said(new RegExp(`(['"\`])(?:${providers().join('|')})\\1`, 'g'))).toEqual([])
  })
})

describe('a reference to the design', () => {
  const headings = [...source('docs/design.md').matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)
  const said = files(
    '{src,adapters,simulator,scripts,bench,openapi/client}/**/*.ts',
    '.dependency-cruiser.cjs',
  ).flatMap((path) =>
    [...source(path).matchAll(/docs\/design\.md, ([A-Z][a-zA-Z ,]*)/g)].map(([, section]) => [path, section!] as const),
  )

  it('is made', () => expect(said.length).toBeGreaterThan(10))
  it.each(said)('in %s is to a section that is there: %s', (_, section) => {
    expect(headings).toContain(section)
  })
})

describe('colour', () => {
  /** What makes a file impure, or (the zod ones) impossible to read in both directions. */
  const forbidden: Readonly<Record<string, RegExp>> = {
    async: /\basync\b/,
    await: /\bawait\b/,
    Promise: /\bPromise\b/,
    'fetch(': /\bfetch\s*\(/,
    'Date.now': /\bDate\s*\.\s*now\b/,
    'new Date()': /\bnew\s+Date\s*\(\s*\)/,
    'Math.random': /\bMath\s*\.\s*random\b/,
    'process.': /\bprocess\s*\??\.(?!\.)/,
    '.default(': /\.\s*default\s*\(/,
    '.catch(': /\.\s*catch\s*\(/,
    '.transform(': /\.\s*transform\s*\(/,
    'z.preprocess': /\bz\s*\.\s*preprocess\b/,
  }
  const impurities = (text: string) => {
    const own = code(text, { strings: 'blanked' })
    return Object.keys(forbidden).filter((name) => forbidden[name]?.test(own))
  }

  it.each([
    ['const a = async () => { await b }', ['async', 'await']],
    ['export type A = (b: string) => Promise<string>', ['Promise']],
    ["fetch('https://a.example')", ['fetch(']],
    ['const at = Date.now() + new Date().getTime()', ['Date.now', 'new Date()']],
    ['const a = { b: Math.random(), c: process.env }', ['Math.random', 'process.']],
    ["z.string()\n  .default('a')\n  .catch('b')\n  .transform(Number)", ['.default(', '.catch(', '.transform(']],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a program in a string
    ['const a = `${z.preprocess(b, c)}`', ['z.preprocess']],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a program in a string
    ["/** await */ const a = 'fetch( Date.now' // async\nconst b = `Promise ${a} process.`", []],
    ['const prefetch = (processed: Date) => prefetch(processed)', []],
  ])('sees through %j', (text, expected) => {
    expect(impurities(text)).toEqual(expected)
  })

  it.each(files('{src/canonical,src/contract,adapters}/**/*.ts'))('of %s is pure', (path) => {
    expect(impurities(source(path))).toEqual([])
  })
})
