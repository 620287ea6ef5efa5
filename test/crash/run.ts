/** The crash run: a server is started, loaded and killed again and again, and what is left at the end is judged. */
import type { Fault } from '../../src/sandbox/faults.ts'
import { hear, type Server } from '../runtime/server.ts'
import { gather, settle } from './evidence.ts'
import { createLoad } from './load.ts'
import { faultsIn, figuresOf } from './verdict.ts'
import { openWorld } from './world.ts'

export interface CrashPlan {
  readonly kills: number
  /** No further kill after so many seconds. */
  readonly seconds: number
  readonly seed: number
  /** The folder of a built server; null runs the sources. */
  readonly built: string | null
  readonly tell: (line: string) => void
}

/** Of all kills, those that meet the server while it starts. */
const EARLY = 0.15
/** Longest life of a server that serves, in milliseconds. */
const SERVING = 450
/** How often one request of one upstream goes wrong in a life. */
const DISTURBED = 0.4
const DISTURBANCES: readonly Fault[] = [
  'answer_lost',
  'malformed',
  'slow',
  'silent',
  'broken',
  'no_credits',
  'rate_limited',
  'maintenance',
  'not_ready',
  'callback_lost',
  'callback_duplicated',
  'callback_reordered',
]
const READY = / at http:\/\/\S+:\d+\n/

/** A small generator of numbers between 0 and 1 (mulberry32): the same for the same seed. */
const seeded = (seed: number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

export const crashRun = async ({ kills, seconds, seed, built, tell }: CrashPlan) => {
  /** Two sources: when the clients draw depends on the machine, when the server dies depends on the seed alone. */
  const fate = seeded(seed)
  const world = await openWorld(built)
  const load = createLoad(world, seeded(seed + 1))
  const since = performance.now()
  const passed = () => (performance.now() - since) / 1000
  let done = 0
  let early = 0
  /** How long the last start took, in milliseconds: a kill at the start falls anywhere within. */
  let starting = 0

  /** What the servers said went wrong in themselves: no kill is a reason for that. */
  const logged: string[] = []
  const listen = (server: Server) =>
    logged.push(
      ...server
        .said()
        .stderr.split('\n')
        .filter((line) => line.includes('"level":"error"')),
    )

  const begin = async () => {
    const began = performance.now()
    const server = world.spawn()
    await hear(server, READY)
    starting = performance.now() - began
    return server
  }

  /** One life of the server, from its start to its sudden end. */
  const live = async () => {
    const [when, moment, disturbed, place, which] = [fate(), fate(), fate(), fate(), fate()]
    if (disturbed < DISTURBED)
      world.disturb(Math.floor(place * 3), DISTURBANCES[Math.floor(which * DISTURBANCES.length)]!)
    const server = when < EARLY ? world.spawn() : await begin()
    if (when < EARLY) {
      await sleep(moment * starting)
      early += 1
    } else {
      load.begin()
      await sleep(moment * SERVING)
    }
    const { signal } = await server.kill('SIGKILL')
    if (signal !== 'SIGKILL') throw new Error(`the server ended by itself: ${server.said().stderr}`)
    load.pause()
    listen(server)
    done += 1
  }

  /** The last start: nothing goes wrong any more, everything comes to its end and is looked at. */
  const judge = async () => {
    world.calm()
    const last = await begin()
    try {
      await load.finish()
      await settle(world)
      const found = await gather(world, load)
      await last.kill('SIGKILL')
      listen(last)
      return { ...found, logged, damage: world.damage() }
    } finally {
      await last.kill('SIGKILL')
    }
  }

  try {
    // A quiet end leaves behind what Node has compiled: all further starts take half the time.
    await (await begin()).kill('SIGTERM')
    while (done < kills && passed() < seconds) {
      await live()
      if (done % 50 === 0) tell(`${done} kills, ${load.promised.size} songs, ${passed().toFixed(0)} s`)
    }
    const took = passed()
    const evidence = await judge()
    const { creates, repeated, reads, lyrics, cut } = load.answers
    const figures: Readonly<Record<string, number>> = {
      Kills: done,
      'Kills while it started': early,
      Seconds: Math.round(took),
      'Seconds with the end': Math.round(passed()),
      'Requests answered': creates + reads + lyrics,
      'Requests cut by a kill': cut,
      'Creates repeated': repeated,
      ...figuresOf(evidence),
    }
    return { figures, faults: faultsIn(evidence) }
  } finally {
    load.stop()
    await world.close()
  }
}
