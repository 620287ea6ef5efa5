/** Writes openapi/gateway.json. With --check it writes nothing and fails where the file is stale. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { gatewayDocument } from '../src/http/document.ts'

const root = join(import.meta.dirname, '..')
const file = join(root, 'openapi', 'gateway.json')
const name = relative(process.cwd(), file)

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
const text = `${JSON.stringify(gatewayDocument(version), null, 2)}\n`

const written = (): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

if (!process.argv.includes('--check')) {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  console.log(`${name} is written`)
} else if (written() !== text) {
  console.error(`${name} is stale: run node scripts/openapi.ts and look at the difference`)
  process.exit(1)
} else {
  console.log(`${name} is up to date`)
}
