/** A simulated upstream without sockets, on a clock of the test's own. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Adapter, Call } from '../../src/contract/adapter.ts'
import type { Mirror } from '../../src/contract/mirror.ts'
import type { UpstreamAnswer } from '../../src/engine/ports.ts'
import { upstreamRequest } from '../../src/engine/upstream.ts'
import { nodeEntropy } from '../../src/platform/node/keys.ts'
import { openSqlite } from '../../src/platform/node/sqlite.ts'
import { STUDIO_SCHEMA } from '../../src/sandbox/studio.ts'
import { createUpstream } from '../../src/sandbox/upstream.ts'

const KEY = 'sandbox-test'
const HOW = { timeoutMs: 1000, connection: 'pooled', userAgent: 'Tutti/test' } as const

export const simulatedProvider = async (adapter: Adapter, mirror: Mirror) => {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-studio-'))
  const sql = openSqlite(join(folder, 'studio.db'), STUDIO_SCHEMA)
  const posted: { url: string; body: string }[] = []
  const naps: number[] = []
  const origin = `http://127.0.0.1:8788${new URL(adapter.origins.api).pathname.replace(/\/$/, '')}`
  let now = 1_800_000_000_000
  const upstream = createUpstream({
    adapter,
    mirror,
    key: KEY,
    origin,
    sql,
    clock: () => now,
    entropy: nodeEntropy('studio'),
    // Callbacks say what they say when they are due: here they come at once.
    sleep: async (milliseconds) => void naps.push(milliseconds / 1000),
    post: async (url, body) => {
      posted.push({ url, body })
    },
    pace: 1,
    creditsAtStart: 1000,
  })
  let seen = 0
  let last = ''
  const access = { adapter, origin, credentials: [{ id: 'test', key: KEY }] }

  return {
    upstream,
    origin,
    posted,
    /** How many seconds it has waited, each time: nobody waits in truth. */
    naps,
    now: () => now,
    /** Lets so many seconds go by. */
    pass: (seconds: number) => {
      now += seconds * 1000
    },
    /** What was not as the provider takes it since this was last asked. */
    refusals: (): readonly string[] => {
      const all = upstream.refusals().slice(seen)
      seen += all.length
      return all
    },
    /** The body of the last answer, as it was sent. */
    last: () => last,
    /** Sends what the engine would send. */
    send: async (call: Call<unknown, unknown>, request: unknown): Promise<UpstreamAnswer> => {
      const { url, method, headers, body } = upstreamRequest(access, access.credentials[0]!, call, request, HOW)
      const answer = await upstream.fetch(new Request(url, { method, headers, body }))
      last = await answer.text()
      return { kind: 'answered', status: answer.status, retryAfter: null, body: last }
    },
    /** A file that has to be there. */
    file: async (url: string): Promise<{ bytes: Uint8Array; type: string | null }> => {
      const answer = await upstream.fetch(new Request(url))
      if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`)
      return { bytes: new Uint8Array(await answer.arrayBuffer()), type: answer.headers.get('content-type') }
    },
    close: () => {
      sql.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
export type SimulatedProvider = Awaited<ReturnType<typeof simulatedProvider>>
