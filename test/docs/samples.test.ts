/** The samples of the reference: every one is correct in its language, and some are run against the gateway. */
import { execFile, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Sample, withSamples } from '../../src/http/docs/samples.ts'
import { type Harness, KEY, SONG, startHarness } from '../harness.ts'

const DOCUMENT = JSON.parse(readFileSync(join(import.meta.dirname, '../../openapi/gateway.json'), 'utf8'))
interface Operation {
  readonly operationId: string
  readonly 'x-codeSamples': readonly Sample[]
}
const operations = Object.values(withSamples(DOCUMENT).paths as Record<string, Record<string, Operation>>).flatMap(
  (methods) => Object.values(methods),
)
const sampleOf = (id: string, label: string) =>
  operations.find(({ operationId }) => operationId === id)!['x-codeSamples'].find((each) => each.label === label)!
    .source
const all = (label: string) =>
  operations.map(({ operationId }) => ({ operationId, source: sampleOf(operationId, label) }))

/** Whether this machine speaks it: what it does not, is checked where it does. */
const has = (command: string, ...args: string[]) => spawnSync(command, args).status === 0
const speaks = { curl: has('curl', '--version'), Python: has('python3', '--version'), Go: has('go', 'version') }

let harness: Harness
let dir = ''
let env: NodeJS.ProcessEnv = {}
beforeAll(async () => {
  harness = await startHarness()
  dir = mkdtempSync(join(tmpdir(), 'tutti-samples-'))
  const { id } = (await (await harness.post('/v1/music/generations', SONG)).json()) as { id: string }
  const { tracks } = await harness.ended(id)
  env = { ...process.env, TUTTI: harness.here, TUTTI_KEY: KEY, TASK_ID: id, TRACK_ID: tracks[0]!.id }
})
afterAll(async () => {
  await harness.stop()
  rmSync(dir, { recursive: true, force: true })
})

const run = async (command: string, ...args: string[]): Promise<string> =>
  (await promisify(execFile)(command, args, { env, cwd: dir, timeout: 20_000 })).stdout
const file = (name: string, text: string) => {
  writeFileSync(join(dir, name), text)
  return name
}

const runners: Readonly<Record<string, (source: string) => Promise<string>>> = {
  curl: (source) => run('bash', '-c', source),
  TypeScript: (source) => run(process.execPath, file('sample.mts', source)),
  Python: (source) => run('python3', '-c', source),
  Go: (source) => run('go', 'run', file('sample.go', source)),
}
const RUN = [
  ['generateMusic', '"object":"task"'],
  ['getTask', '"object":"task"'],
  ['alignLyrics', '"words":'],
  ['enhanceStyle', '"style":'],
  ['convertToWav', '"operation":"convertToWav"'],
  ['listProviders', '"data":'],
  ['getHealth', '"status":"ok"'],
] as const

describe.each(Object.keys(runners).filter((label) => speaks[label as keyof typeof speaks] ?? true))(
  'in %s',
  (label) => {
    test.each(RUN)('%s is answered', async (id, expected) => {
      expect(await runners[label]!(sampleOf(id, label))).toContain(expected)
    })
  },
)

describe('every sample', () => {
  test('of curl is a command, with the example of the document as its body', () => {
    for (const { operationId, source } of all('curl')) {
      const read = spawnSync('bash', ['-n', '-c', source], { encoding: 'utf8' })
      expect({ operationId, said: read.stderr }).toEqual({ operationId, said: '' })
      const sent = / -d '([\s\S]*)'$/.exec(source)?.[1]?.replaceAll("'\\''", "'")
      const first = (
        operations.find((each) => each.operationId === operationId) as unknown as {
          requestBody?: { content: Record<string, { examples: Record<string, { value: unknown }> }> }
        }
      ).requestBody?.content['application/json']?.examples
      expect(sent === undefined ? undefined : JSON.parse(sent)).toEqual(first && Object.values(first)[0]?.value)
    }
  })

  test('of TypeScript is TypeScript', () => {
    for (const { operationId, source } of all('TypeScript')) {
      const { diagnostics = [] } = ts.transpileModule(source, {
        reportDiagnostics: true,
        compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2024 },
      })
      expect({ operationId, said: diagnostics.map(({ messageText }) => messageText) }).toEqual({
        operationId,
        said: [],
      })
    }
  })

  test.runIf(speaks.Python)('of Python is Python', async () => {
    const sources = file('sources.json', JSON.stringify(all('Python').map(({ source }) => source)))
    const program = `import ast, json\nfor source in json.load(open('${sources}')): ast.parse(source)\nprint('read')`
    expect(await run('python3', '-c', program)).toBe('read\n')
  })

  // Where there is no Go, nothing can say so.
  test.runIf(speaks.Go)('of Go is Go', { timeout: 60_000 }, async () => {
    const module = mkdtempSync(join(dir, 'go-'))
    writeFileSync(join(module, 'go.mod'), 'module samples\n\ngo 1.19\n')
    for (const { operationId, source } of all('Go')) {
      mkdirSync(join(module, operationId))
      writeFileSync(join(module, operationId, 'main.go'), `${source}\n`)
    }
    await promisify(execFile)('go', ['vet', './...'], {
      cwd: module,
      env: { ...env, GOFLAGS: '-mod=mod' },
      timeout: 55_000,
    })
  })

  test('names nothing that a reader would have to replace', () => {
    for (const { 'x-codeSamples': samples } of operations)
      for (const { source } of samples) expect(source).not.toMatch(/\/\{[a-z_]+\}|<key>|undefined/)
  })
})
