/**
 * The bench of those who wait: each of many tasks has one open stream of events and readers that wait for news of it. What
 * is measured is the time from the commit of an end until each of them has it. Gateway on core 0, upstream and clients on
 * core 1. Needs Linux and taskset, and as many open files; takes one minute.
 * npm run build && npm run bench:streams
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memory, pinSelf, quantile, start, stop } from './measure.ts'

const TASKS = Number(process.env.BENCH_STREAMS ?? 1000)
const READERS = Number(process.env.BENCH_READERS ?? 10)
/** Songs take so long at least and up to so much longer, in seconds. */
const [LEAST, SPREAD] = [20, 20]
const SCALE = 0.2
const PORTS = { upstream: 18921, gateway: 18922 }
const KEY = 'bench-key-of-at-least-24-characters'
const AT_ONCE = 50

const dir = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), 'tutti-bench-'))
const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }
const SONG = JSON.stringify({ mode: 'describe', description: 'a song about waiting' })
const upstreamOrigin = `http://127.0.0.1:${PORTS.upstream}`
const gatewayOrigin = `http://127.0.0.1:${PORTS.gateway}`

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

const create = async (): Promise<string> => {
  const answer = await fetch(`${gatewayOrigin}/v1/music/generations`, { method: 'POST', headers, body: SONG })
  if (answer.status !== 202) throw new Error(`a create was answered with ${answer.status}`)
  return ((await answer.json()) as { id: string }).id
}

const request = (path: string, header: string) =>
  `GET ${path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${KEY}\r\n${header}\r\n\r\n`

/** Milliseconds since an end was stored, read off what tells of it; null where this is no end. */
const sinceEnd = (said: string): number | null => {
  if (!said.includes('"status":"succeeded"')) return null
  // The task's own time, not that of what is in it.
  const updated = /"updated_at":"([^"]+)","deadline_at"/.exec(said.slice(said.lastIndexOf('"status":"succeeded"')))
  return updated === null ? null : Date.now() - Date.parse(updated[1]!)
}

/** One connection that hears until the end. @param again asks once more after an answer without it */
const waitOn = (ask: string, again: boolean): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = connect(PORTS.gateway, '127.0.0.1', () => socket.write(ask))
    let said = ''
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('closed before the end')))
    socket.on('data', (bytes) => {
      said += bytes.toString('latin1')
      const late = sinceEnd(said)
      if (late !== null) {
        socket.removeAllListeners('close')
        socket.destroy()
        resolve(late)
      } else if (again && said.endsWith('}')) {
        said = ''
        socket.write(ask)
      }
    })
  })

const line = (what: string, text: string) => process.stdout.write(`${what.padEnd(44)}${text}\n`)
const quantiles = (values: readonly number[]) => [0.5, 0.95, 0.99, 1].map((at) => quantile(values, at)).join(' / ')

const main = async () => {
  pinSelf()
  const env = { LEAST: String(LEAST), SPREAD: String(SPREAD), LATENCY: '0' }
  const upstream = await start(1, 'bench/slow-upstream.ts', PORTS.upstream, env)
  const gateway = await start(0, 'dist/server.js', PORTS.gateway, {
    TUTTI_SANDBOX: '0',
    TUTTI_DATA_DIR: dir,
    TUTTI_API_KEY: KEY,
    TUTTI_POLL_SCALE: String(SCALE),
    UDIOAPI_API_KEY: 'bench-provider-key',
    UDIOAPI_BASE_URL: upstreamOrigin,
  })
  try {
    const ids: string[] = []
    while (ids.length < TASKS) ids.push(...(await Promise.all(Array.from({ length: AT_ONCE }, create))))
    const idle = memory(gateway)
    const streams = ids.map((id) => waitOn(request(`/v1/tasks/${id}/events`, 'accept: text/event-stream'), false))
    await sleep(3000)
    const streaming = memory(gateway)
    const readers = ids.flatMap((id) =>
      Array.from({ length: READERS }, () => waitOn(request(`/v1/tasks/${id}`, 'prefer: wait=60'), true)),
    )
    await sleep(5000)
    const all = memory(gateway)
    const [streamed, read] = [await Promise.all(streams), await Promise.all(readers)]
    line('open streams, waiting readers, one core', `${TASKS}, ${TASKS * READERS}`)
    line('an end reaches a stream, p50/p95/p99/most', `${quantiles(streamed)} ms`)
    line('an end reaches a reader, p50/p95/p99/most', `${quantiles(read)} ms`)
    line(
      'resident MB without, with streams, with all',
      [idle, streaming, all].map((each) => each.toFixed(0)).join(', '),
    )
    line(
      'KB per stream, per reader',
      [(streaming - idle) / TASKS, (all - streaming) / (TASKS * READERS)]
        .map((each) => (each * 1024).toFixed(1))
        .join(', '),
    )
    line('within 50 ms at p95', quantile(streamed, 0.95) <= 50 && quantile(read, 0.95) <= 50 ? 'yes' : 'NO')
  } finally {
    await stop(gateway)
    await stop(upstream)
  }
}

await main().finally(() => rmSync(dir, { recursive: true, force: true }))
