/**
 * The bench of a limit: one key asks twenty times as often as it may, and the others are to notice little of it. What they
 * wait for their answers is measured by turns without and with the storm. Gateway on core 0, clients and storm on core 1.
 * Needs Linux, taskset and wrk; takes two minutes.
 * npm run build && npm run bench:limits
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pool } from 'undici'
import { cpuSeconds, keepAwake, pinSelf, quantile, start, stop } from './measure.ts'

/** What the stormy key may ask in a minute, and how many times that it asks. */
const PER_MINUTE = Number(process.env.BENCH_RATE ?? 6000)
const TIMES = Number(process.env.BENCH_TIMES ?? 20)
/** Requests a second of all others together: reads, and creates that are stored. */
const [READS, CREATES] = [200, 40]
const OTHERS = 4
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5)
const SECONDS = 8
const PORT = 18931
const BOOTSTRAP = 'bench-key-of-at-least-24-characters'
const SONG = JSON.stringify({ mode: 'describe', description: 'a song about the weather' })

const origin = `http://127.0.0.1:${PORT}`
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Asks so often a second, whether or not answers have come: a slow answer makes none wait that comes after it. */
const evenly = async (perSecond: number, seconds: number, ask: (turn: number) => Promise<unknown>): Promise<void> => {
  const began = performance.now()
  const under: Promise<unknown>[] = []
  for (let turn = 0; turn < perSecond * seconds; ) {
    const due = Math.min(((performance.now() - began) / 1000) * perSecond, perSecond * seconds)
    for (; turn < due; turn += 1) under.push(ask(turn))
    await sleep(1)
  }
  await Promise.all(under)
}

interface Asked {
  readonly path: string
  readonly key: string
  readonly body?: string
}
const asking =
  (pool: Pool) =>
  async ({ path, key, body }: Asked) => {
    const answer = await pool.request({
      path,
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body }),
    })
    return { status: answer.statusCode, text: await answer.body.text() }
  }

/** Connections of the storm: each asks, waits so long, and asks again. */
const CONNECTIONS = 50
const PAUSE = Math.round((CONNECTIONS * 1000) / ((PER_MINUTE / 60) * TIMES))

/** The storm is a program that needs little of the core that it shares with the others: what those wait for is the gateway. */
const startStorm = (key: string, dir: string): ChildProcess => {
  const script = join(dir, 'storm.lua')
  writeFileSync(script, `wrk.headers["authorization"] = "Bearer ${key}"\nfunction delay() return ${PAUSE} end\n`)
  const args = ['-c', '1', 'wrk', '-t1', `-c${CONNECTIONS}`, '-d600s', '-s', script, `${origin}/v1/key`]
  return spawn('taskset', args, { stdio: ['ignore', 'pipe', 'inherit'] })
}
const endStorm = (child: ChildProcess): Promise<{ asked: number; refused: number; seconds: number }> =>
  new Promise((resolve) => {
    let said = ''
    child.stdout!.on('data', (text) => {
      said += text
    })
    const number = (pattern: RegExp) => Number(pattern.exec(said)?.[1] ?? 0)
    child.once('close', () =>
      resolve({
        asked: number(/(\d+) requests in/),
        refused: number(/Non-2xx or 3xx responses: (\d+)/),
        seconds: number(/requests in ([\d.]+)s/),
      }),
    )
    child.kill('SIGINT')
  })

const line = (what: string, text: string) => process.stdout.write(`${what.padEnd(44)}${text}\n`)

const main = async () => {
  pinSelf()
  const dir = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), 'tutti-bench-'))
  const gateway = await start(0, 'dist/server.js', PORT, {
    TUTTI_SANDBOX: '0',
    TUTTI_PAUSED: '1',
    TUTTI_DATA_DIR: dir,
    TUTTI_API_KEY: BOOTSTRAP,
    TUTTI_QUEUE_LIMIT: '100000000',
    UDIOAPI_API_KEY: 'bench-provider-key',
  })
  const ask = asking(new Pool(origin, { connections: 32 }))
  const awake = [keepAwake(0), keepAwake(1)]
  try {
    const made = async (name: string, limits: object) => {
      const { text } = await ask({ path: '/v1/keys', key: BOOTSTRAP, body: JSON.stringify({ name, limits }) })
      return (JSON.parse(text) as { key: string }).key
    }
    const stormy = await made('storm', { requests_per_minute: PER_MINUTE })
    const others = await Promise.all(
      Array.from({ length: OTHERS }, (_, index) => made(`calm ${index}`, { requests_per_minute: 60_000 })),
    )
    const { text } = await ask({ path: '/v1/music/generations', key: others[0]!, body: SONG })
    const { id } = JSON.parse(text) as { id: string }

    /** What the others waited for each answer, in milliseconds. */
    const calm = async (seconds: number) => {
      const waits: Record<'reads' | 'creates', number[]> = { reads: [], creates: [] }
      const timed = (kind: 'reads' | 'creates', asked: Omit<Asked, 'key'>) => async (turn: number) => {
        const since = performance.now()
        const { status } = await ask({ ...asked, key: others[turn % OTHERS]! })
        if (status >= 300) throw new Error(`one of the others was answered with ${status}`)
        waits[kind].push(performance.now() - since)
      }
      await Promise.all([
        evenly(READS, seconds, timed('reads', { path: `/v1/tasks/${id}` })),
        evenly(CREATES, seconds, timed('creates', { path: '/v1/music/generations', body: SONG })),
      ])
      return waits
    }

    await calm(3)
    const all = { without: [] as Awaited<ReturnType<typeof calm>>[], with: [] as Awaited<ReturnType<typeof calm>>[] }
    const stormed = { asked: 0, refused: 0, seconds: 0 }
    let core = 0
    for (let round = 0; round < ROUNDS; round += 1) {
      all.without.push(await calm(SECONDS))
      const child = startStorm(stormy, dir)
      await sleep(1500)
      const before = cpuSeconds(gateway)
      all.with.push(await calm(SECONDS))
      core += (cpuSeconds(gateway) - before) / SECONDS / ROUNDS
      const { asked, refused, seconds } = await endStorm(child)
      stormed.asked += asked
      stormed.refused += refused
      stormed.seconds += seconds
    }

    const of = (kind: 'reads' | 'creates', when: 'without' | 'with', at: number) =>
      quantile(
        all[when].flatMap((each) => each[kind]),
        at,
      )
    const { asked, refused, seconds } = stormed
    line('one key: may ask, asked a second', `${PER_MINUTE / 60}, ${(asked / seconds).toFixed(0)}`)
    line('of its requests were refused', `${((refused / asked) * 100).toFixed(1)} %`)
    line('share of the core in the storm', `${(core * 100).toFixed(0)} %`)
    for (const kind of ['reads', 'creates'] as const) {
      for (const when of ['without', 'with'] as const)
        line(
          `${kind} of others ${when} it, p50 / p99`,
          `${of(kind, when, 0.5).toFixed(2)} / ${of(kind, when, 0.99).toFixed(2)} ms`,
        )
      const factor = of(kind, 'with', 0.99) / of(kind, 'without', 0.99)
      line(`p99 of ${kind}, with over without`, `${factor.toFixed(2)}${factor < 2 ? '' : ' (NOT below 2)'}`)
    }
  } finally {
    for (const each of awake) each.kill('SIGKILL')
    await stop(gateway)
    rmSync(dir, { recursive: true, force: true })
  }
}

await main()
process.exit(0)
