/**
 * The same gateway as a Node process and in workerd, each on core 0, with wrk on core 1: creates and reads. Needs Linux, taskset and wrk.
 * npm run build && npm run bench:workers
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { buildWorker } from '../scripts/worker.ts'
import { ended, wrangler } from '../scripts/wrangler.ts'
import { type Load, load, memory, pinSelf, type Running, start, stop, syncTime } from './measure.ts'

const SECONDS = Number(process.env.BENCH_SECONDS ?? 8)
const CONNECTIONS = 32
const PORTS = { node: 18921, workerd: 18922 }
const KEY = 'bench-key-of-at-least-24-characters'

const dir = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), 'tutti-bench-'))
const state = join(dir, 'state')
/** Accepted and kept, and not sent to anybody: what is measured is ours. */
const variables = {
  TUTTI_SANDBOX: '0',
  TUTTI_PAUSED: '1',
  TUTTI_API_KEY: KEY,
  TUTTI_QUEUE_LIMIT: '100000000',
  KIE_API_KEY: 'bench-provider-key',
}
const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }
const SONG = JSON.stringify({
  mode: 'compose',
  title: 'Rain on the Wire',
  style: 'indie folk, warm, fingerpicked guitar',
  lyrics: '[Verse]\nRain on the wire\nhome by the light\n[Chorus]\nStay a little longer',
})

const luaHeaders = Object.entries(headers)
  .map(([name, value]) => `wrk.headers["${name}"] = "${value}"`)
  .join('\n')
const CREATE = `wrk.method = "POST"\n${luaHeaders}\nwrk.body = [==[${SONG}]==]\nwrk.path = "/v1/music/generations"\n`
const readOf = (id: string) => `${luaHeaders}\nwrk.path = "/v1/tasks/${id}"\n`

const create = async ({ origin }: Running): Promise<string> => {
  const answer = await fetch(`${origin}/v1/music/generations`, { method: 'POST', headers, body: SONG })
  if (answer.status !== 202) throw new Error(`${answer.status}: ${await answer.text()}`)
  return ((await answer.json()) as { id: string }).id
}

/** Resident memory of a process and of those it has started, in MB. */
const memoryOfAll = (running: Running): number => {
  const { pid } = running.child
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean)
  return children
    .map((child) => memory({ child: { pid: Number(child) } } as never))
    .reduce((sum, each) => sum + each, 0)
}

const row = (name: string, { perSecond, p50, p99, wrong }: Load) => {
  const errors = wrong > 0 ? `, ${wrong} errors` : ''
  console.log(`| ${name} | ${perSecond.toFixed(0)} | ${p50.toFixed(1)} ms, ${p99.toFixed(1)} ms${errors} |`)
}

const measure = async (name: string, gateway: Running, megabytes: (running: Running) => number) => {
  const task = await create(gateway)
  // Whatever is compiled or made with the first requests is no part of it.
  load(gateway.origin, CONNECTIONS, 2, CREATE, dir)
  row(`${name}: creates, 1 connection`, load(gateway.origin, 1, SECONDS, CREATE, dir))
  row(`${name}: creates, ${CONNECTIONS} connections`, load(gateway.origin, CONNECTIONS, SECONDS, CREATE, dir))
  row(`${name}: reads, 1 connection`, load(gateway.origin, 1, SECONDS, readOf(task), dir))
  row(`${name}: reads, ${CONNECTIONS} connections`, load(gateway.origin, CONNECTIONS, SECONDS, readOf(task), dir))
  console.log(
    `| ${name}: first answer, memory | ${gateway.startMs.toFixed(0)} ms | ${megabytes(gateway).toFixed(0)} MB |`,
  )
}

/** Bytes of a database, and how many tasks it has. */
const sizeOf = (path: string) => {
  const database = new DatabaseSync(path, { readOnly: true })
  const one = (text: string) => Object.values(database.prepare(text).get()!)[0] as number
  const bytes = one('PRAGMA page_count') * one('PRAGMA page_size')
  const tasks = one('SELECT count(*) FROM tasks')
  database.close()
  return { bytes, tasks }
}

const databases = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.sqlite') && !path.includes('metadata'))
    .map((path) => join(folder, path))

/** What a waiting task takes up: in its own object, in that of limits, and in the lists. */
const sizes = () => {
  const objects = databases(join(state, 'do'))
  const own = objects.filter((path) => path.includes('TaskObject')).slice(0, 100)
  const mean = own.reduce((sum, path) => sum + sizeOf(path).bytes, 0) / own.length
  const perTask = (path: string | undefined) => {
    const { bytes, tasks } = sizeOf(path!)
    return (bytes / tasks).toFixed(0)
  }
  const limits = objects
    .filter((path) => path.includes('LimitsObject'))
    .toSorted((a, b) => statSync(b).size - statSync(a).size)
  console.log(
    `\nA waiting task: ${mean.toFixed(0)} bytes in its object, ${perTask(limits[0])} in that of limits, ${perTask(databases(join(state, 'd1'))[0])} in the lists`,
  )
}

const main = async () => {
  const script = join(dir, 'script')
  await buildWorker()
  if ((await ended(wrangler(['deploy', '--dry-run', '--outdir', script], { stdio: 'ignore' }))) !== 0)
    throw new Error('The Worker could not be bundled: npm run deploy:check says why')
  pinSelf()
  console.log(`One fsync here: ${(await syncTime(dir)).toFixed(2)} ms\n\n| | per second | p50, p99 |\n|---|---|---|`)
  const node = await start(0, 'dist/server.js', PORTS.node, { ...variables, TUTTI_DATA_DIR: join(dir, 'node') })
  await measure('Node', node, memory).finally(() => stop(node))
  const workerd = await start(0, 'bench/workerd.ts', PORTS.workerd, {
    BENCH_SCRIPT: script,
    BENCH_STATE: state,
    BENCH_VARIABLES: JSON.stringify(variables),
  })
  await measure('workerd', workerd, memoryOfAll).finally(() => stop(workerd))
  sizes()
}

await main().finally(() => rmSync(dir, { recursive: true, force: true }))
