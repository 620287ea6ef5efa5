/** The package as somebody installs it: packed, put into an empty project, imported, type-checked and bundled. */
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { json, startServer } from './server.ts'

/** Compilers and bundlers take their time where others are at work. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let project = ''
const run = (command: string, ...args: string[]) => execFileSync(command, args, { cwd: project, encoding: 'utf8' })

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'tutti-package-'))
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }')
  const quiet = ['--silent', '--offline', '--no-audit', '--no-fund']
  run('npm', 'pack', resolve('openapi/client'), ...quiet)
  const packed = readdirSync(project).find((name) => name.endsWith('.tgz'))!
  run('npm', 'install', `./${packed}`, ...quiet)
})
afterAll(() => rmSync(project, { recursive: true }))

const USE = `import { createTutti, TuttiError, verifyWebhook } from 'tutti-client'
const tutti = createTutti({ baseUrl: process.argv[2] ?? '', key: 'a key' })
const task = await tutti.generateMusic({ body: { mode: 'compose', title: 'A', style: 'folk', lyrics: 'rain' } })
console.log(JSON.stringify([task.id, TuttiError.name, typeof verifyWebhook]))
`

test('brings nothing along, and runs on Node', async () => {
  expect(readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['tutti-client'])
  writeFileSync(join(project, 'use.mjs'), USE)
  const id = 'task_01JD3W8Q4T7X2M5N9P6R0S1V30'
  const server = await startServer(json(202, { id, status: 'queued' }))
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ['use.mjs', server.baseUrl], { cwd: project })
    expect(JSON.parse(stdout)).toEqual([id, 'TuttiError', 'function'])
    expect(server.asked[0]?.path).toBe('/v1/music/generations')
  } finally {
    await server.stop()
  }
})

test('has types, by which the README is right', () => {
  const compiler = resolve('node_modules/typescript/bin/tsc')
  writeFileSync(
    join(project, 'use.ts'),
    `import { createTutti, type Task, TuttiError } from 'tutti-client'
export const make = async (): Promise<Task | null> => {
  const tutti = createTutti({ baseUrl: 'https://music.example.com', key: 'a key' })
  try {
    // @ts-expect-error: lyrics belong to the other mode
    await tutti.generateMusic({ body: { mode: 'describe', description: 'rain', title: 3 } })
    // @ts-expect-error: there is no such field
    await tutti.generateMusic({ body: { mode: 'describe', descriptoin: 'rain' } })
    const task = await tutti.generateMusic({ body: { mode: 'describe', description: 'rain' } })
    return await tutti.waitForTask(task.id, { onProgress: ({ stage }) => stage === 'first_ready' })
  } catch (error) {
    if (error instanceof TuttiError && error.code === 'cost_above_max') return null
    // @ts-expect-error: no error has this code
    if (error instanceof TuttiError && error.code === 'cost_below_min') return null
    throw error
  }
}
`,
  )
  const [, example] = /## Client\n.*?```ts\n(.*?)```/s.exec(readFileSync('README.md', 'utf8'))!
  writeFileSync(join(project, 'readme.ts'), example!)
  const options = ['--module', 'nodenext', '--target', 'es2022', '--lib', 'es2022,dom']
  expect(run(process.execPath, compiler, '--noEmit', '--strict', ...options, 'use.ts', 'readme.ts')).toBe('')
})

test.each(['browser', 'neutral'] as const)('is bundled for %s without a built-in of Node', async (platform) => {
  const { outputFiles, warnings } = await build({
    stdin: { contents: "export { createTutti, verifyWebhook } from 'tutti-client'", resolveDir: project },
    ...{ bundle: true, format: 'esm', platform, minify: true, write: false, logLevel: 'silent' },
  })
  expect(warnings).toEqual([])
  const { text } = outputFiles[0]!
  expect(text).not.toMatch(/\brequire\(|node:|\bprocess\.|\bBuffer\b/)
  // A budget, so that growth is a decision.
  expect(text.length).toBeLessThan(40_000)
})

test('runs in a Worker', () => {
  writeFileSync(
    join(project, 'worker.js'),
    `import { createTutti } from 'tutti-client'
export default { fetch: async (_, env) => Response.json(await createTutti({ baseUrl: env.URL, key: env.KEY }).listTasks()) }
`,
  )
  const wrangler = resolve('node_modules/wrangler/bin/wrangler.js')
  const args = [
    'deploy',
    'worker.js',
    '--dry-run',
    '--name',
    'use',
    '--compatibility-date',
    '2026-10-15',
    '--outdir',
    'built',
  ]
  execFileSync(process.execPath, [wrangler, ...args], {
    cwd: project,
    stdio: 'ignore',
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', HOME: project },
  })
  expect(readFileSync(join(project, 'built/worker.js'), 'utf8')).toContain('/v1/tasks')
})
