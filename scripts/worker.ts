/** Builds what the Worker needs beside its source: into dist/worker what is served as it is, and into dist/bundled what is bundled in place of a package. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { prepare } from '../src/http/docs/prepared.ts'
import { createDocs } from '../src/http/docs/site.ts'
import { material } from './docs.ts'

const root = join(import.meta.dirname, '..')
/** As wrangler.toml names them. */
const ASSETS = join(root, 'dist/worker')
const ZOD = join(root, 'dist/bundled/zod.js')

const write = (path: string, content: string | Uint8Array) => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}

/** Everything the Worker answers as it is. Names of files are never paths of the gateway: the Worker is asked first. */
const writeAssets = async () => {
  const text = JSON.stringify(JSON.parse(readFileSync(join(root, 'openapi/gateway.json'), 'utf8')))
  rmSync(ASSETS, { recursive: true, force: true })
  write(join(ASSETS, 'openapi.json'), text)
  for (const [file, content] of await prepare(createDocs(text, material()))) write(join(ASSETS, file), content)
}

/**
 * zod by its names, without its messages in fifty languages. A package that holds on to all of `z` holds on to these as well,
 * and they are half of what is bundled.
 */
const writeZod = () => {
  const folder = dirname(fileURLToPath(import.meta.resolve('zod')))
  const classic = relative(dirname(ZOD), join(folder, 'v4/classic/external.js'))
  const without = ['core', 'default', 'locales', 'z']
  const names = Object.keys(z).filter((name) => !without.includes(name))
  write(join(dirname(ZOD), 'names.js'), `export { ${names.join(', ')} } from '${classic}'\n`)
  write(ZOD, "import * as z from './names.js'\nexport * from './names.js'\nexport { z, z as default }\n")
}

export const buildWorker = async () => {
  await writeAssets()
  writeZod()
}

if (import.meta.main) await buildWorker()
