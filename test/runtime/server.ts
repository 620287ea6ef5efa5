/** A real gateway process, as an operator starts it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { watch } from '../law/watch.ts'

export const ENTRY = join(import.meta.dirname, '../../src/server.ts')
/** What Node has compiled once: half the time of every further start. */
const COMPILED = join(tmpdir(), 'tutti-compile-cache')
/** Generous: a start takes a fraction of a second, on a busy machine a few. */
const PATIENCE = 20_000

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface Server {
  readonly child: ChildProcess
  /** What it has said so far. */
  readonly said: () => { stdout: string; stderr: string }
  readonly ended: Promise<Ended>
  readonly kill: (signal: NodeJS.Signals) => Promise<Ended>
}

/** Runs the server with these variables and no others of ours. */
export const run = (environment: Readonly<Record<string, string>>, entry = ENTRY): Server => {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', entry], {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: COMPILED, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  const ended = new Promise<Ended>((resolve) => child.on('close', (code, signal) => resolve({ code, signal })))
  return {
    child,
    said: () => ({ stdout, stderr }),
    ended,
    kill: (signal) => {
      child.kill(signal)
      return ended
    },
  }
}

/** Waits until the server has said this, and answers the first group of it. */
export const hear = async (server: Pick<Server, 'child' | 'said' | 'kill'>, words: RegExp): Promise<string> => {
  const deadline = Date.now() + PATIENCE
  for (;;) {
    const heard = words.exec(server.said().stdout)
    if (heard !== null) return heard[1] ?? heard[0]
    const gone = server.child.exitCode !== null || server.child.signalCode !== null
    if (gone || Date.now() > deadline) {
      if (!gone) await server.kill('SIGKILL')
      throw new Error(`the server never said ${words}: ${JSON.stringify(server.said())}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Runs the server until it says where it is. */
export const start = async (environment: Readonly<Record<string, string>>): Promise<Server> => {
  const server = run(environment)
  watch(await hear(server, / at (http:\/\/\S+:\d+)\n/))
  return server
}
