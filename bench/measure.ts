/** Starting pinned processes, loading them with wrk, and reading what it cost. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { closeSync, fsyncSync, openSync, readFileSync, unlinkSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'undici'

const node = process.execPath
const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly scripts: Readonly<Record<'start', string>>
}
/** The built server, after the options that `npm start` gives it. */
const [, ...asStarted] = scripts.start.split(' ')

export interface Running {
  readonly child: ChildProcess
  readonly origin: string
  /** From the start of the process to its first answer, in milliseconds. */
  readonly startMs: number
}

/** Starts a script on one core and waits for its first answer. */
export const start = async (
  core: number,
  script: string,
  port: number,
  env: Record<string, string>,
): Promise<Running> => {
  const began = performance.now()
  const child = spawn('taskset', ['-c', String(core), node, ...(script === asStarted.at(-1) ? asStarted : [script])], {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', PORT: String(port), ...env },
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  // Also where the benchmark fails: whoever held the port would answer for the next one.
  process.once('exit', () => child.kill('SIGKILL'))
  const origin = `http://127.0.0.1:${port}`
  for (const until = began + 20_000; performance.now() < until; ) {
    const up = await fetch(`${origin}/healthz`).then(
      (answer) => answer.text(),
      () => null,
    )
    if (up !== null) return { child, origin, startMs: performance.now() - began }
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  child.kill('SIGKILL')
  throw new Error(`${script} did not answer on port ${port}`)
}

export const stop = ({ child }: Running): Promise<void> =>
  new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGTERM')
  })

/** Resident memory of a process in MB. */
export const memory = ({ child }: Running): number => {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024
}

/** Seconds of processor time that a process has used, in user and kernel mode. */
export const cpuSeconds = ({ child }: Running): number => {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  const TICKS_PER_SECOND = 100
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

/** Heap of a process after a full collection in MB, asked of its inspector. */
export const heapAfterCollection = async (port: number): Promise<number> => {
  const [target] = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
    webSocketDebuggerUrl: string
  }[]
  const socket = new WebSocket(target!.webSocketDebuggerUrl)
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }))
  const ask = (method: string, params: object = {}) =>
    new Promise<{ result: { usedSize: number } }>((resolve) => {
      socket.addEventListener('message', ({ data }) => resolve(JSON.parse(String(data))), { once: true })
      socket.send(JSON.stringify({ id: 1, method, params }))
    })
  await ask('HeapProfiler.collectGarbage')
  const { result } = await ask('Runtime.getHeapUsage')
  socket.close()
  return result.usedSize / 1024 / 1024
}

export interface Load {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly wrong: number
}

const inMs = (text: string) => {
  const [, value, unit] = /([\d.]+)(us|ms|s)/.exec(text)!
  return Number(value) * { us: 0.001, ms: 1, s: 1000 }[unit as 'us']
}

/**
 * Keeps a core from sleeping, at idle priority: on a virtual machine waking a sleeping core costs its waker more than a whole
 * request, and a busy core is taken away now and then. So that whoever is slower or busier does not pay for that.
 */
export const keepAwake = (core: number): ChildProcess => {
  const spin = 'for (const until = Date.now() + 300000; Date.now() < until; );'
  return spawn('chrt', ['--idle', '0', 'taskset', '-c', String(core), node, '-e', spin], { stdio: 'ignore' })
}

export const load = (origin: string, connections: number, seconds: number, lua: string, dir: string): Load => {
  const script = join(dir, 'load.lua')
  writeFileSync(script, lua)
  const args = ['-c', '1', 'wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '-s', script, origin]
  const awake = keepAwake(1)
  const said = execFileSync('taskset', args, { encoding: 'utf8' })
  awake.kill('SIGKILL')
  return {
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(said)![1]),
    p50: inMs(/^\s+50%\s+(\S+)/m.exec(said)![1]!),
    p99: inMs(/^\s+99%\s+(\S+)/m.exec(said)![1]!),
    wrong: Number(/Non-2xx or 3xx responses: (\d+)/.exec(said)?.[1] ?? 0),
  }
}

export const quantile = (values: readonly number[], at: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * at))]!

type Ask = (index: number) => { method: 'GET' | 'POST'; path: string; headers?: Record<string, string>; body?: string }

/** Milliseconds of requests one after the other over one connection each, the targets taking turns. */
export const sequential = async (targets: readonly (readonly [origin: string, ask: Ask])[], count: number) => {
  const clients = targets.map(([origin]) => new Client(origin))
  const times: number[][] = targets.map(() => [])
  const warmUp = 200
  for (let index = 0; index < count + warmUp; index++)
    for (const [target, [, ask]] of targets.entries()) {
      const began = performance.now()
      const answer = await clients[target]!.request(ask(index))
      await answer.body.dump()
      if (index >= warmUp) times[target]!.push(performance.now() - began)
    }
  await Promise.all(clients.map((client) => client.close()))
  return times.map((each) => ({ p50: quantile(each, 0.5), p99: quantile(each, 0.99) }))
}

/** p50 of one fsync of a written page in this directory, in milliseconds: one at a time, with a pause in between. */
export const syncTime = async (dir: string): Promise<number> => {
  const file = join(dir, 'sync')
  const handle = openSync(file, 'w')
  const page = Buffer.alloc(4096, 1)
  const times: number[] = []
  for (let index = 0; index < 300; index++) {
    writeSync(handle, page)
    const began = performance.now()
    fsyncSync(handle)
    times.push(performance.now() - began)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  closeSync(handle)
  unlinkSync(file)
  return quantile(times, 0.5)
}

/** The load side keeps to core 1, this process too. */
export const pinSelf = (): void => {
  execFileSync('taskset', ['-a', '-cp', '1', String(process.pid)], { stdio: 'ignore' })
}
