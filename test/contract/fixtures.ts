/** What is documented of every adapter: its fixtures and wire schemas, frozen so that no law can bend them. */
import { basename, join } from 'node:path'
import type { ProviderFailure } from '../../src/canonical/error.ts'
import type { Adapter } from '../../src/contract/adapter.ts'
import { freezeDeep } from '../../src/contract/freeze.ts'
import type { Form } from '../../src/contract/operations.ts'
import { globSync, readFileSync } from '../files.ts'

export type Message =
  | 'submit.request'
  | 'submit.response'
  | 'poll.request'
  | 'poll.response'
  | 'callback'
  | 'call.request'
  | 'call.response'

/** One file of `adapters/<id>/fixtures`, as adapters/README.md describes it, and where it stands. */
export interface Fixture {
  readonly adapter: Adapter
  readonly operation: Form
  readonly name: string
  /** The file as it stands. */
  readonly raw: string
  readonly source: { readonly confidence: string; readonly section: string; readonly note?: string }
  readonly message: Message
  readonly http?: number
  readonly wire?: unknown
  readonly text?: string
  readonly canonical?: unknown
  readonly failure?: ProviderFailure | null
  readonly refunded?: true
  readonly absent?: true
  readonly skip?: readonly { readonly law: string; readonly because: string }[]
}

const root = join(import.meta.dirname, '../../adapters')

const folderOf = (adapter: Adapter) => join(root, adapter.id)

const readFixture = (adapter: Adapter, folder: string, path: string): Fixture => {
  const raw = readFileSync(join(folder, path), 'utf8')
  const [, operation] = path.split('/') as [string, Form]
  return { ...freezeDeep(JSON.parse(raw)), raw, adapter, operation, name: basename(path, '.json') }
}

/** The fixtures of an adapter whose folder stands anywhere. */
export const fixturesIn = (folder: string, adapter: Adapter): Fixture[] =>
  globSync('fixtures/*/*.json', { cwd: folder })
    .sort()
    .map((path) => readFixture(adapter, folder, path))

export const fixturesOf = (adapter: Adapter): Fixture[] => fixturesIn(folderOf(adapter), adapter)

/** The JSON Schema of one request of an adapter whose folder stands anywhere, or undefined where there is none. */
export const wireSchemaIn = (folder: string, operation: Form, step: string): object | undefined => {
  const [path] = globSync(`wire/${operation}.${step}.json`, { cwd: folder })
  return path === undefined ? undefined : freezeDeep(JSON.parse(readFileSync(join(folder, path), 'utf8')))
}

/** The JSON Schema of one request, or undefined where there is none. */
export const wireSchemaOf = (adapter: Adapter, operation: Form, step: string): object | undefined =>
  wireSchemaIn(folderOf(adapter), operation, step)
