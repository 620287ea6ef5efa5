/**
 * The benchmark: gateway on core 0, load (wrk) and upstream on core 1, one table. Needs Linux, taskset and wrk.
 * npm run build && npm run bench
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { load, memory, pinSelf, type Running, sequential, start, stop, syncTime } from './measure.ts'

const SECONDS = Number(process.env.BENCH_SECONDS ?? 8)
/** Before anything is measured: a gateway runs for days, its first seconds are not how fast it is. */
const WARM_UP = Number(process.env.BENCH_WARM_UP ?? 6)
/** Tracks that are there to be aligned for the first time. */
const SONGS = Number(process.env.BENCH_SONGS ?? 30_000)
const CONNECTIONS = 32
const SEQUENTIAL = 1000
const PORTS = { upstream: 18901, gateway: 18902, reference: 18903 }
const KEY = 'bench-key-of-at-least-24-characters'

const dir = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), 'tutti-bench-'))
const upstreamOrigin = `http://127.0.0.1:${PORTS.upstream}`
const gatewayEnv = {
  TUTTI_SANDBOX: '0',
  TUTTI_DATA_DIR: dir,
  TUTTI_API_KEY: KEY,
  TUTTI_QUEUE_LIMIT: '100000000',
  TUTTI_POLL_SCALE: '0.0001',
  KIE_API_KEY: 'bench-provider-key',
  KIE_BASE_URL: upstreamOrigin,
}
const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }
const SONG = JSON.stringify({
  mode: 'compose',
  title: 'Rain on the Wire',
  style: 'indie folk, warm, fingerpicked guitar',
  lyrics:
    '[Verse]\nRain on the wire\nhome by the light\n[Chorus]\nStay a little longer, sing it till the light comes in again',
})

const luaHeaders = Object.entries(headers)
  .map(([name, value]) => `wrk.headers["${name}"] = "${value}"`)
  .join('\n')
const luaPost = (body: string) => `wrk.method = "POST"\n${luaHeaders}\nwrk.body = [==[${body}]==]\n`
const luaGet = (path: string) => `${luaHeaders}\nwrk.path = "${path}"\n`
/** A different path for every request, from a file; it stops at the end of it. */
const luaPaths = (file: string) => `
${luaHeaders}
local paths = {}
for line in io.lines("${file}") do paths[#paths + 1] = line end
local at = 0
request = function()
  at = at + 1
  return wrk.format("POST", paths[at] or "/none", nil, "")
end
`

const rows: string[][] = []
const ms = (value: number) => value.toFixed(3)
const row = (name: string, ...cells: string[]) => rows.push([name, ...cells])

const openGateway = (env: Record<string, string> = {}) =>
  start(0, 'dist/server.js', PORTS.gateway, { ...gatewayEnv, ...env })

const getJson = async (path: string) => (await fetch(`http://127.0.0.1:${PORTS.gateway}${path}`, { headers })).json()

/** Songs that ended, so that there are tracks: made through the front door. Returns the submit rate on the way. */
const makeSongs = async (): Promise<number> => {
  const upBefore = Number(await (await fetch(`${upstreamOrigin}/submits`)).text())
  const paused = await openGateway({ TUTTI_PAUSED: '1' })
  for (let made = 0; made < SONGS; ) {
    const batch = await Promise.all(
      Array.from({ length: 64 }, () =>
        fetch(`${paused.origin}/v1/music/generations`, { method: 'POST', headers, body: SONG }).then((answer) =>
          answer.text(),
        ),
      ),
    )
    made += batch.length
  }
  await stop(paused)
  const began = performance.now()
  const gateway = await openGateway()
  let submitted = 0
  let seconds = 0
  while (submitted < SONGS) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    submitted = Number(await (await fetch(`${upstreamOrigin}/submits`)).text()) - upBefore
    seconds = (performance.now() - began) / 1000
    if (seconds > 300) throw new Error('the songs were not submitted in time')
  }
  for (let open = 1; open > 0; ) {
    await new Promise((resolve) => setTimeout(resolve, 200))
    const running = (await getJson('/v1/tasks?status=running&limit=1')) as { data: unknown[] }
    const queued = (await getJson('/v1/tasks?status=queued&limit=1')) as { data: unknown[] }
    open = running.data.length + queued.data.length
  }
  await stop(gateway)
  return SONGS / seconds
}

const trackPaths = async (): Promise<string[]> => {
  const paths: string[] = []
  for (let cursor = ''; ; ) {
    const page = (await getJson(`/v1/tasks?status=succeeded&operation=generateMusic&limit=100${cursor}`)) as {
      data: { tracks: { id: string }[] }[]
      next_cursor: string | null
    }
    for (const { tracks } of page.data) for (const { id } of tracks) paths.push(`/v1/tracks/${id}/timestamped-lyrics`)
    if (page.next_cursor === null) return paths
    cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`
  }
}

const measured = (gateway: Running, name: string, lua: string) => {
  load(gateway.origin, CONNECTIONS, WARM_UP, lua, dir)
  const result = load(gateway.origin, CONNECTIONS, SECONDS, lua, dir)
  if (result.wrong > 0) throw new Error(`${name}: ${result.wrong} answers were errors`)
  return result
}

const main = async () => {
  pinSelf()
  const sync = await syncTime(dir)
  const upstream = await start(1, 'bench/upstream.ts', PORTS.upstream, {})

  const creator = await openGateway({ TUTTI_PAUSED: '1', TUTTI_DATA_DIR: join(dir, 'creates') })
  const idle = memory(creator)
  const creates = measured(creator, 'creates', `${luaPost(SONG)}wrk.path = "/v1/music/generations"\n`)
  const [createLatency] = await sequential(
    [[creator.origin, () => ({ method: 'POST', path: '/v1/music/generations', headers, body: SONG })]],
    SEQUENTIAL,
  )
  row(
    '(a) durable creates',
    creates.perSecond.toFixed(0),
    ms(createLatency!.p50),
    ms(createLatency!.p99),
    idle.toFixed(0),
    memory(creator).toFixed(0),
    creator.startMs.toFixed(0),
  )
  await stop(creator)

  const submits = await makeSongs()
  row('    submits to the upstream', submits.toFixed(0), '', '', '', '', '')

  const reader = await openGateway()
  const paths = await trackPaths()
  const task = `/v1/tasks/task_${paths[0]!.split('/')[3]!.slice(6, 31)}0`
  const reads = measured(reader, 'reads', luaGet(task))
  const [readLatency] = await sequential([[reader.origin, () => ({ method: 'GET', path: task, headers })]], SEQUENTIAL)
  row(
    '(b) task reads',
    reads.perSecond.toFixed(0),
    ms(readLatency!.p50),
    ms(readLatency!.p99),
    '',
    memory(reader).toFixed(0),
    reader.startMs.toFixed(0),
  )
  await stop(reader)

  const reference = await start(0, 'bench/reference.ts', PORTS.reference, { UPSTREAM: upstreamOrigin })
  const caller = await openGateway()
  const callerIdle = memory(caller)
  const referenceIdle = memory(reference)
  const passes = measured(reference, 'reference', luaPost('{"taskId":"x","audioId":"x"}'))
  const referenceLoaded = memory(reference)
  const alone = paths.splice(0, SEQUENTIAL + 200)
  const perSecond = Math.floor(paths.length / (WARM_UP + SECONDS))
  const firstTime = (seconds: number) => {
    writeFileSync(join(dir, 'paths'), paths.splice(0, perSecond * seconds).join('\n'))
    const done = load(caller.origin, CONNECTIONS, seconds, luaPaths(join(dir, 'paths')), dir)
    if (done.wrong > 0) throw new Error('the lyrics ran out: raise BENCH_SONGS')
    return done
  }
  firstTime(WARM_UP)
  const lyrics = firstTime(SECONDS)
  const callerLoaded = memory(caller)
  const [direct, passed, called] = await sequential(
    [
      [
        upstreamOrigin,
        () => ({ method: 'POST', path: '/api/v1/generate/get-timestamped-lyrics', headers, body: '{}' }),
      ],
      [reference.origin, () => ({ method: 'POST', path: '/', headers, body: '{"taskId":"x","audioId":"x"}' })],
      [caller.origin, (index) => ({ method: 'POST' as const, path: alone[index]!, headers })],
    ],
    SEQUENTIAL,
  )
  await stop(reference)
  const added = (own: { p50: number; p99: number }) => [ms(own.p50 - direct!.p50), ms(own.p99 - direct!.p99)]
  row(
    '(c) first-time lyrics calls',
    lyrics.perSecond.toFixed(0),
    ...added(called!),
    callerIdle.toFixed(0),
    callerLoaded.toFixed(0),
    caller.startMs.toFixed(0),
  )
  row(
    '(d) bare Hono + undici',
    passes.perSecond.toFixed(0),
    ...added(passed!),
    referenceIdle.toFixed(0),
    referenceLoaded.toFixed(0),
    reference.startMs.toFixed(0),
  )
  await stop(caller)
  await stop(upstream)

  const head = [
    'one core, 32 connections',
    'per second',
    'added p50 ms',
    'added p99 ms',
    'idle MB',
    'loaded MB',
    'start ms',
  ]
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((line) => line[column]!.length)))
  for (const line of [head, ...rows])
    process.stdout.write(
      `${line.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  ')}\n`,
    )
  process.stdout.write(
    `\none fsync here: p50 ${ms(sync)} ms; (a) and (b) call no upstream: their latency is their own\n`,
  )
  process.stdout.write(
    `(c) over (d): p50 ${ms(called!.p50 - passed!.p50)} ms, rate ${(lyrics.perSecond / passes.perSecond).toFixed(2)}\n`,
  )
}

await main().finally(() => rmSync(dir, { recursive: true, force: true }))
