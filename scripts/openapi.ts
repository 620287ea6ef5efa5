/** Writes what stands in openapi/ and the README's table. With --check it writes nothing and fails where one is stale. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { capabilityPage, operationTable } from '../src/http/capability-matrix.ts'
import { gatewayDocument } from '../src/http/document/document.ts'
import { adapters } from '../src/registry.ts'

const root = join(import.meta.dirname, '..')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }

const written = (path: string): string => {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch {
    return ''
  }
}

/** The README with its table of operations renewed. */
const readme = (): string => {
  const [before, rest = ''] = written('README.md').split('<!-- operations -->\n')
  const after = rest.split('<!-- /operations -->')[1] ?? ''
  return `${before}<!-- operations -->\n${operationTable(adapters)}\n<!-- /operations -->${after}`
}

const files: Readonly<Record<string, string>> = {
  'openapi/gateway.json': `${JSON.stringify(gatewayDocument(version), null, 2)}\n`,
  'openapi/capabilities.md': capabilityPage(adapters),
  'README.md': readme(),
}

const stale = Object.keys(files).filter((path) => written(path) !== files[path])
const named = (paths: readonly string[]) => paths.map((path) => relative(process.cwd(), join(root, path))).join(', ')

if (!process.argv.includes('--check')) {
  for (const path of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), files[path]!)
  }
  console.log(stale.length > 0 ? `${named(stale)} written` : 'Nothing has changed')
} else if (stale.length > 0) {
  console.error(`${named(stale)} stale: run npm run openapi and look at the difference`)
  process.exit(1)
} else {
  console.log(`${named(Object.keys(files))} up to date`)
}
