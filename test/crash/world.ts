/** The world of the crash run: upstreams that outlive every kill, and a real server on files that stay. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { open } from '../../src/contract/envelope.ts'
import type { Fault } from '../../src/sandbox/faults.ts'
import { CUT } from '../../src/sandbox/upstream.ts'
import { freePort, startUpstreams } from '../harness.ts'
import { ENTRY, run, type Server } from '../runtime/server.ts'

const KEY = 'crash-run-key-0000000000000000000'
/** A song that takes 75 s takes 300 ms. */
const PACE = 0.004

type Upstreams = Awaited<ReturnType<typeof startUpstreams>>

/** An answer that is no JSON. */
const HALF = Symbol('half')

/** Counts how often every single alignment was bought, by the provider and the words it was asked in. */
const countAlignments = ({ simulated }: Upstreams): ReadonlyMap<string, number> => {
  const bought = new Map<string, number>()
  for (const { adapter, upstream } of simulated) {
    const { fetch } = upstream
    const path = adapter.operations.alignLyrics!.call.path
    upstream.fetch = async (request) => {
      if (!new URL(request.url).pathname.endsWith(path)) return fetch(request)
      const body = await request.text().catch(() => '')
      const { url, method, headers } = request
      const which = `${adapter.id} ${body}`
      const count = () => bought.set(which, (bought.get(which) ?? 0) + 1)
      const answer = await fetch(new Request(url, { method, headers, body })).catch((error) => {
        // Only a yes is lost on its way.
        if (error === CUT) count()
        throw error
      })
      const said: unknown = await answer
        .clone()
        .json()
        .catch(() => HALF)
      // Of answers only a yes is cut in half: what is broken says so by its status.
      if (said === HALF ? answer.ok : open(adapter.envelope, said)?.ok) count()
      return answer
    }
  }
  return bought
}

/** The server to be killed. Of a built one a copy is run: whoever builds meanwhile does not change what is tested. */
const entryIn = (folder: string, built: string | null): string => {
  if (built === null) return ENTRY
  cpSync(built, join(folder, 'dist'), { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  return join(folder, 'dist/server.js')
}

/** @param built the folder of a built server; null runs the sources */
export const openWorld = async (built: string | null) => {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-crash-run-'))
  const entry = entryIn(folder, built)
  const upstreams = await startUpstreams(folder, PACE)
  const alignments = countAlignments(upstreams)
  const port = await freePort()
  const here = `http://127.0.0.1:${port}`
  const environment = {
    ...Object.fromEntries(
      upstreams.simulated.flatMap(({ adapter, origin, keys: [key] }) => [
        [`${adapter.id.toUpperCase()}_BASE_URL`, origin],
        [`${adapter.id.toUpperCase()}_API_KEY`, key!],
      ]),
    ),
    PORT: String(port),
    TUTTI_DATA_DIR: join(folder, 'gateway'),
    TUTTI_PUBLIC_URL: here,
    TUTTI_API_KEY: KEY,
    TUTTI_POLL_SCALE: String(PACE),
    TUTTI_QUEUE_LIMIT: '1000000',
    // Shorter than a slow upstream takes: it accepts after we have given up on it.
    TUTTI_SUBMIT_TIMEOUT: '1s',
    TUTTI_RECONCILE_WINDOW: '4s',
  }

  return {
    upstreams,
    alignments,
    /** Starts the server; it may be killed before it says anything. */
    spawn: (): Server => run(environment, entry),
    call: (path: string, init: RequestInit = {}) =>
      fetch(`${here}${path}`, {
        ...init,
        signal: AbortSignal.timeout(20_000),
        headers: { authorization: `Bearer ${KEY}`, ...(init.headers as Record<string, string>) },
      }),
    /** One request to one of them goes wrong. */
    disturb: (place: number, fault: Fault) => {
      upstreams.simulated[place % upstreams.simulated.length]!.upstream.faults.set(fault, 1)
    },
    calm: () => {
      for (const { upstream } of upstreams.simulated) upstream.faults.set(null, null)
    },
    /** What SQLite finds wrong with the file; nobody may have it open. */
    damage: (): string[] => {
      const database = new DatabaseSync(join(folder, 'gateway/tutti.db'))
      const found = database.prepare('PRAGMA integrity_check').all() as { integrity_check: string }[]
      database.close()
      return found.map(({ integrity_check }) => integrity_check).filter((each) => each !== 'ok')
    },
    close: async () => {
      await upstreams.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
export type CrashWorld = Awaited<ReturnType<typeof openWorld>>
