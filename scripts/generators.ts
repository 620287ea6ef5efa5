/** Runs other generators over the document and its twin, and compiles what they make. Needs the registry: they are installed into a temporary folder. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const DOCUMENT = join(root, 'openapi/gateway.json')
const TWIN = join(root, 'openapi/gateway-3.0.json')
const TSC = [
  ...[join(root, 'node_modules/typescript/bin/tsc'), '--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022'],
  ...['--lib', 'es2022,dom,dom.iterable', '--module', 'esnext', '--moduleResolution', 'bundler'],
  '--allowImportingTsExtensions',
]
const REDOCLY = join(root, 'node_modules/@redocly/cli/bin/cli.js')

interface Generator {
  /** Packages, where it is not one of ours. */
  readonly install?: readonly string[]
  readonly files?: Readonly<Record<string, string>>
  readonly generate: readonly string[]
  /** The compiler, and what it compiles. */
  readonly compile: readonly string[]
}

const redocly = (language: string, ...also: string[]) => [
  ...[process.execPath, REDOCLY, 'generate-client', DOCUMENT, '-o', 'client.ts', '--generator', language, ...also],
]

const GENERATORS: Readonly<Record<string, Generator>> = {
  'openapi-typescript 7.13.0': {
    install: ['openapi-typescript@7.13.0', 'typescript@5.9.3'],
    generate: [process.execPath, 'node_modules/openapi-typescript/bin/cli.js', DOCUMENT, '-o', 'types.ts'],
    compile: [process.execPath, ...TSC, 'types.ts'],
  },
  'orval 8.32.0': {
    install: ['orval@8.32.0', 'zod@4.6.7'],
    files: {
      'orval.config.mjs': `const input = ${JSON.stringify(DOCUMENT)}
export default {
  client: { input, output: { target: 'client.ts', client: 'fetch' } },
  checks: { input, output: { target: 'checks.ts', client: 'zod' } },
}`,
    },
    generate: [process.execPath, 'node_modules/orval/dist/bin/orval.mjs'],
    compile: [process.execPath, ...TSC, 'client.ts', 'checks.ts'],
  },
  'openapi-typescript-codegen 0.29.0, of the twin': {
    install: ['openapi-typescript-codegen@0.29.0'],
    generate: [
      ...[process.execPath, 'node_modules/openapi-typescript-codegen/bin/index.js', '--input', TWIN],
      ...['--output', 'client', '--client', 'fetch', '--useUnionTypes'],
    ],
    compile: [process.execPath, ...TSC, 'client/index.ts'],
  },
  'redocly, TypeScript': {
    generate: redocly('typescript', '--generator', 'zod', '--import-ext', 'ts'),
    install: ['zod@4.6.7'],
    compile: [process.execPath, ...TSC, 'client.ts', 'client.zod.ts'],
  },
  'redocly, Python': { generate: redocly('python'), compile: ['python3', '-m', 'py_compile', 'client.py'] },
  'redocly, Java': { generate: redocly('java'), compile: ['javac', '-d', 'built', 'Client.java'] },
}

const judge = (folder: string, { install = [], files = {}, generate, compile }: Generator): string => {
  const run = ([command, ...args]: readonly string[]) => {
    const { status, error, stdout, stderr } = spawnSync(command!, args, {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, REDOCLY_TELEMETRY: 'off' },
    })
    if (error !== undefined && 'code' in error && error.code === 'ENOENT') return `${command} is not on this machine`
    return status === 0 ? null : `${stdout}${stderr}`.trim().slice(0, 2000)
  }
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
  const npm = ['npm', 'install', '--no-save', '--silent', '--no-audit', '--no-fund', ...install]
  const missing = install.length > 0 ? run(npm) : null
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return missing ?? run(generate) ?? run(compile) ?? 'compiles clean'
}

const folder = mkdtempSync(join(tmpdir(), 'tutti-generators-'))
try {
  for (const [index, [name, generator]] of Object.entries(GENERATORS).entries()) {
    const verdict = judge(join(folder, String(index)), generator)
    console.log(`${name}: ${verdict}`)
    if (verdict !== 'compiles clean') process.exitCode = 1
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
