/** Writes what follows from openapi/gateway.json: the client's generated half and the twin for older tools. --check fails where one is stale. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createClient } from '@hey-api/openapi-ts'
import { type Json, older } from './older.ts'

const root = join(import.meta.dirname, '..')
const DOCUMENT = 'openapi/gateway.json'
const GENERATED = 'openapi/client/generated'
const TWIN = 'openapi/gateway-3.0.json'

interface Operation {
  readonly parameters?: readonly { readonly $ref?: string; readonly name?: string }[]
}

/** What the generator does not tell at run time: which operations take an Idempotency-Key. */
const keyed = (paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>): string => {
  const takes = ({ parameters = [] }: Operation) =>
    parameters.some(({ $ref, name }) => name === 'Idempotency-Key' || $ref?.endsWith('/Idempotency-Key'))
  const named = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => takes(operation))
      .map(([method]) => `  '${method.toUpperCase()} ${path}',\n`),
  )
  return `/** Operations that take an Idempotency-Key. */\nexport const KEYED: ReadonlySet<string> = new Set([\n${named.join('')}])\n`
}

const filesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(folder, name)).isFile())
      .sort()
  } catch {
    return []
  }
}

/** The generator's files, by their names. */
const generated = async (): Promise<Record<string, string>> => {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-client-'))
  try {
    await createClient({
      input: join(root, DOCUMENT),
      output: { path: folder, entryFile: false, module: { extension: '.ts' } },
      logs: { level: 'silent' },
      // Only a stream is answered 204: `events` follows those, and whoever calls for the list has one.
      parser: { patch: { operations: (_, __, { responses }) => void delete responses?.[204] } },
      plugins: [
        { name: '@hey-api/client-fetch', throwOnError: true },
        '@hey-api/typescript',
        {
          name: '@hey-api/sdk',
          operations: { strategy: 'single', containerName: 'Operations' },
          responseStyle: 'data',
        },
      ],
    })
    return Object.fromEntries(filesIn(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const written = (path: string): string | null => {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch {
    return null
  }
}

const document = JSON.parse(readFileSync(join(root, DOCUMENT), 'utf8')) as Json
const client = { ...(await generated()), 'keyed.ts': keyed(document.paths as never) }
const files: Readonly<Record<string, string>> = {
  [TWIN]: `${JSON.stringify(older(document), null, 2)}\n`,
  ...Object.fromEntries(Object.entries(client).map(([name, text]) => [`${GENERATED}/${name}`, text])),
}
const stale = Object.keys(files).filter((path) => written(path) !== files[path])
const left = filesIn(join(root, GENERATED))
  .map((name) => `${GENERATED}/${name}`)
  .filter((path) => !(path in files))

if (!process.argv.includes('--check')) {
  for (const path of left) rmSync(join(root, path))
  for (const path of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), files[path]!)
  }
  console.log(stale.length + left.length > 0 ? `${[...stale, ...left].join(', ')} written` : 'Nothing has changed')
} else if (stale.length + left.length > 0) {
  console.error(`${[...stale, ...left].join(', ')} stale: run npm run client and look at the difference`)
  process.exit(1)
} else {
  console.log(`${Object.keys(files).length} files from ${DOCUMENT} up to date`)
}
