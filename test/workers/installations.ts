/** Several installations of Tutti in one Worker: each has objects, lists and variables of its own. */
import { env as cloudflare } from 'cloudflare:workers'
import type { D1Database, DurableObjectNamespace, Fetcher } from '@cloudflare/workers-types'
import type { Adapter } from '../../src/contract/adapter.ts'
import type { Settings } from '../../src/engine/ports.ts'
import type { Env } from '../../src/platform/workers/settings.ts'

/** What tests decide beside the variables. */
export interface Decided {
  readonly livemode: boolean
  readonly also: readonly Adapter[]
  /** Times, which tests have no patience for: an operator may set none this short. */
  readonly times?: Partial<Pick<Settings, 'submitTimeout' | 'readTimeout' | 'reconcileWindow'>>
}
export interface Installation {
  readonly env: Env
  readonly decided: Decided
}

interface Owner {
  readonly installation: () => Installation
  readonly binding: string
  readonly name: string
}
const owners = new Map<string, Owner>()
const decisions = new WeakMap<Env, Decided>()
export const decidedFor = (env: Env): Decided => decisions.get(env) ?? { livemode: false, also: [] }

/** Whose an object is, by its id, and what it is called there. */
export const ownerOf = (id: string) => owners.get(id)

export const bindings = cloudflare as unknown as Readonly<Record<string, unknown>>
const NAMESPACES = ['TASKS', 'LIMITS', 'HEALTH', 'WEBHOOKS', 'STUDIO'] as const

/** The document is named otherwise where it is built. */
const assets = {
  fetch: (url: string) => (bindings.ASSETS as Fetcher).fetch(url.replace('/openapi.json', '/gateway.json')),
}

let made = 0
export const DATABASES = 256

/** Its objects under names of their own. */
const own = (prefix: string, binding: string, installation: () => Installation): DurableObjectNamespace => {
  const objects = bindings[binding] as DurableObjectNamespace
  const idOf = (name: string) => {
    const id = objects.idFromName(`${prefix}${name}`)
    owners.set(id.toString(), { installation, binding, name })
    return id
  }
  return {
    idFromName: idOf,
    get: (id: Parameters<DurableObjectNamespace['get']>[0]) => objects.get(id),
    getByName: (name: string) => objects.get(idOf(name)),
  } as unknown as DurableObjectNamespace
}

/** @param variables as an operator sets them */
export const install = (variables: Readonly<Record<string, string>>, decided: Decided) => {
  made += 1
  const prefix = `${made} `
  const database = bindings[`DB${made}`] as D1Database | undefined
  if (database === undefined) throw new Error(`More than ${DATABASES} installations in one file of tests`)
  let installation: Installation
  /** The Worker is started anew: nothing it remembers of its environment is left. */
  const start = (changed: Readonly<Record<string, string>>) => {
    const { STUDIO, ...objects } = Object.fromEntries(
      NAMESPACES.map((binding) => [binding, own(prefix, binding, () => installation)]),
    ) as Record<(typeof NAMESPACES)[number], DurableObjectNamespace>
    const studio = changed.TUTTI_SANDBOX === '1' ? { STUDIO } : {}
    const env = { ...changed, ASSETS: assets, DB: database, ...objects, ...studio } as unknown as Env
    decisions.set(env, decided)
    installation = { env, decided }
  }
  start(variables)
  return {
    get env() {
      return installation.env
    },
    start,
    /** Every object of it that there is. */
    objects: () =>
      [...owners].flatMap(([id, owner]) => {
        const { binding, name } = owner
        return owner.installation() === installation ? [{ id, binding, name }] : []
      }),
  }
}
export type Installed = ReturnType<typeof install>
