/**
 * The bench of tasks in flight: so many are kept running on one core, and every one that its upstream finishes has to be
 * found out by polling. Gateway on core 0, upstream and clients on core 1. Needs Linux and taskset; takes four minutes.
 * npm run build && npm run bench:in-flight
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type * as z from 'zod'
import type { Task, TaskList } from '../src/canonical/task.ts'
import { pollPause } from '../src/engine/step.ts'
import type { Job } from './jobs.ts'
import { cpuSeconds, heapAfterCollection, memory, pinSelf, quantile, start, stop } from './measure.ts'

const TASKS = Number(process.env.BENCH_TASKS ?? 10_000)
/** Multiplies the pauses between polls, and the upstream's times with them: at 0.1 the same tasks are ten times the load. */
const SCALE = Number(process.env.BENCH_POLL_SCALE ?? 1)
/** How long the upstream takes to answer a poll, in milliseconds. */
const LATENCY = Number(process.env.BENCH_LATENCY ?? 0)
/** A song takes so long at least, by when the pauses have grown to their longest, and up to so much longer: in seconds. */
const [LEAST, SPREAD] = [75 * SCALE, 90 * SCALE]
/** How long ends are watched, and how long the last of them may stay unseen: in seconds. */
const [WINDOW, DRAIN] = [60 * SCALE, 40 * SCALE]
const PORTS = { upstream: 18911, gateway: 18912, inspector: 18913 }
const KEY = 'bench-key-of-at-least-24-characters'
const AT_ONCE = 64

const dir = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), 'tutti-bench-'))
const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }
const SONG = JSON.stringify({
  mode: 'compose',
  title: 'Rain on the Wire',
  style: 'indie folk, warm, fingerpicked guitar',
  lyrics:
    '[Verse]\nRain on the wire\nhome by the light\n[Chorus]\nStay a little longer, sing it till the light comes in again',
})
const upstreamOrigin = `http://127.0.0.1:${PORTS.upstream}`
const gatewayOrigin = `http://127.0.0.1:${PORTS.gateway}`

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
const read = async <Body>(url: string): Promise<Body> => (await (await fetch(url, { headers })).json()) as Body
const counts = () => read<{ accepted: number; finished: number; polls: number }>(`${upstreamOrigin}/counts`)

const create = async (count: number): Promise<void> => {
  for (let made = 0; made < count; made += AT_ONCE)
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, count - made) }, async () => {
        const answer = await fetch(`${gatewayOrigin}/v1/music/generations`, { method: 'POST', headers, body: SONG })
        if (answer.status !== 202) throw new Error(`a create was answered with ${answer.status}`)
        await answer.arrayBuffer()
      }),
    )
}

/** When the gateway had stored the end of each song, by the upstream's id of it. */
const endsSeen = async (): Promise<Map<string, number>> => {
  const ends = new Map<string, number>()
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: z.infer<typeof TaskList> = await read(
      `${gatewayOrigin}/v1/tasks?status=succeeded&limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
    )
    for (const { attempts, updated_at } of page.data as Task[])
      ends.set(attempts.at(-1)!.provider_task_id!, Date.parse(updated_at))
    cursor = page.next_cursor
  }
  return ends
}

/** The pause before the poll that found the end, as it is planned. */
const intervalOf = ({ polls }: Job) => pollPause(polls - 1, { pollScale: SCALE, pollFloor: 0 }, 0.5)

const line = (what: string, text: string) => process.stdout.write(`${what.padEnd(44)}${text}\n`)
const quantiles = (values: readonly number[], digits: number) =>
  [0.5, 0.95, 1].map((at) => quantile(values, at).toFixed(digits)).join(' / ')

const main = async () => {
  pinSelf()
  const upstream = await start(1, 'bench/slow-upstream.ts', PORTS.upstream, {
    LEAST: String(LEAST),
    SPREAD: String(SPREAD),
    LATENCY: String(LATENCY),
  })
  const gateway = await start(0, 'dist/server.js', PORTS.gateway, {
    TUTTI_SANDBOX: '0',
    TUTTI_DATA_DIR: dir,
    TUTTI_API_KEY: KEY,
    TUTTI_QUEUE_LIMIT: '100000000',
    TUTTI_POLL_SCALE: String(SCALE),
    UDIOAPI_API_KEY: 'bench-provider-key',
    UDIOAPI_BASE_URL: upstreamOrigin,
    // For one look at the heap before and one during the run.
    NODE_OPTIONS: `--inspect=127.0.0.1:${PORTS.inspector}`,
  })
  try {
    const idle = { heap: await heapAfterCollection(PORTS.inspector), resident: memory(gateway) }
    const began = Date.now()
    await create(TASKS)
    while ((await counts()).accepted < TASKS) await sleep(100)
    const filled = (Date.now() - began) / 1000

    // Well before the first end: every task is in flight, and none has grown by its tracks.
    await sleep(Math.max(LEAST * 1000 * 0.9 - (Date.now() - began), 0))
    const loaded = { resident: memory(gateway), heap: await heapAfterCollection(PORTS.inspector) }
    const grown = (which: 'heap' | 'resident') => ((loaded[which] - idle[which]) * 1024) / TASKS

    await sleep(Math.max(LEAST * 1000 - (Date.now() - began), 0))
    const opens = Date.now()
    const before = { cpu: cpuSeconds(gateway), ...(await counts()) }
    let fewest = TASKS
    for (let asked = before.accepted; Date.now() < opens + WINDOW * 1000; await sleep(200)) {
      const { finished } = await counts()
      const missing = TASKS + finished - asked
      fewest = Math.min(fewest, asked - finished)
      if (missing > 0) await create(missing)
      asked += Math.max(missing, 0)
    }
    const closes = Date.now()
    const after = { cpu: cpuSeconds(gateway), ...(await counts()) }
    const seconds = (closes - opens) / 1000
    const resident = memory(gateway)
    await sleep(DRAIN * 1000)

    const ends = await endsSeen()
    const jobs = (await read<Job[]>(`${upstreamOrigin}/jobs`)).filter(
      ({ finishes }) => finishes >= opens && finishes < closes,
    )
    const found = jobs.filter(({ id }) => ends.has(id))
    const lag = (job: Job) => ends.get(job.id)! - job.finishes
    const of = (what: (job: Job) => number, digits: number) => quantiles(found.map(what), digits)
    const share = (job: Job) => lag(job) / intervalOf(job)
    const met = found.length === jobs.length && quantile(found.map(share), 0.95) <= 1

    line(
      'tasks in flight on one core',
      `${TASKS} (${fewest} at the fewest), poll scale ${SCALE}, polls answered in ${LATENCY} ms`,
    )
    line('put in flight within', `${filled.toFixed(1)} s`)
    line('ends watched', `${jobs.length} in ${seconds.toFixed(0)} s, ${jobs.length - found.length} never seen`)
    line('polls per second', ((after.polls - before.polls) / seconds).toFixed(0))
    line('share of the core', `${(((after.cpu - before.cpu) / seconds) * 100).toFixed(0)} %`)
    line('detection lag p50 / p95 / most', `${of((job) => lag(job) / 1000, 2)} s`)
    line('poll interval then p50 / p95 / most', `${of((job) => intervalOf(job) / 1000, 2)} s`)
    line('lag in intervals p50 / p95 / most', of(share, 3))
    line('from the answer that said it to the commit', `${of((job) => ends.get(job.id)! - job.asked, 0)} ms`)
    line(
      'resident MB idle, in flight, at the end',
      [idle.resident, loaded.resident, resident].map((each) => each.toFixed(0)).join(', '),
    )
    line('KB per task in flight: heap, resident', `${grown('heap').toFixed(2)}, ${grown('resident').toFixed(2)}`)
    line('at most one interval at p95', met ? 'yes' : 'NO')
  } finally {
    await stop(gateway)
    await stop(upstream)
  }
}

await main().finally(() => rmSync(dir, { recursive: true, force: true }))
