/** Types of what the tests find inside workerd. */
/// <reference types="@cloudflare/vitest-plugin/types" />

/** What the Worker under test is bound to, and its own entry. */
declare module 'cloudflare:workers' {
  type Objects = import('@cloudflare/workers-types').DurableObjectNamespace
  export const env: Readonly<Record<'TASKS' | 'LIMITS' | 'HEALTH' | 'WEBHOOKS' | 'STUDIO' | 'LOOPBACK', Objects>>
  export const exports: { readonly default: { readonly fetch: (request: Request) => Promise<Response> } }
}

/** What the simulator left behind in Node. */
declare module 'virtual:histories' {
  const histories: readonly { readonly seed: string; readonly tasks: number; readonly state: string }[]
  export default histories
}

/** The files that tests read, by path, as base64 of gzip: see vitest.workers.config.ts. */
declare module 'virtual:texts' {
  const packed: string
  export default packed
}
