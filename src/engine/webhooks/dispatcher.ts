/** The dispatcher: carries stored deliveries out, a few at a time for each host, until each has ended. */
import type { World } from '../ports.ts'
import { attempts } from './attempt.ts'
import type { Endpoints } from './endpoints.ts'
import { type Delivery, deliveryReader, putRight } from './rows.ts'
import { SLIGHT } from './schedule.ts'

/** The timer that wakes the dispatcher goes by this name: no task has it. */
export const DISPATCH = 'webhooks'

/** How many are under way at once, in all and at one host. */
const PLACES = [64, 4] as const
/** When to look again after something could not be stored, or may have been. */
const STUMBLED = 5_000

interface Host {
  flying: number
  /** When the next delivery is due, as far as is known. */
  soonest: number
}

const NEVER = Number.POSITIVE_INFINITY

/** @param counted hears what came of each attempt */
export const webhookDispatcher = (world: World, endpoints: Endpoints, counted: (outcome: string) => void) => {
  const { sql, clock, timers, log, outside } = world
  const [most, mostPerHost] = outside?.places ?? PLACES
  const read = deliveryReader(sql)
  const hosts = new Map<string, Host>()
  /** When what may have been stored is looked for. */
  const doubts = new Map<string, number>()
  /** Places of those under way, and when each has come to its end. */
  const flights = new Map<number, Promise<void>>()
  let pumping = false
  let again = false
  let stopped = false
  /** What the clock said at the last look. */
  let seen = Number.NEGATIVE_INFINITY

  const hostAt = (name: string): Host => {
    const host = hosts.get(name) ?? { flying: 0, soonest: NEVER }
    hosts.set(name, host)
    return host
  }
  const expect = (name: string, at: number) => {
    const host = hostAt(name)
    host.soonest = Math.min(host.soonest, at)
  }

  const attempt = outside === undefined ? null : attempts(world, outside, endpoints, read, expect, counted)

  let armed = NEVER
  const setTimer = (at: number) => {
    armed = at
    timers.set(DISPATCH, at === NEVER ? null : at)
  }
  const arm = () => {
    if (stopped) return setTimer(NEVER)
    let at = Math.min(NEVER, ...doubts.values())
    if (flights.size < most)
      for (const { flying, soonest } of hosts.values()) if (flying < mostPerHost) at = Math.min(at, soonest)
    setTimer(at)
  }
  /** Something new is due: no need to look at all the others. */
  const armBy = (at: number) => {
    if (!stopped && !pumping && at < armed) setTimer(at)
    again = true
  }

  /** Something could not be read or stored: logged, and when to try again. */
  const stumbled = (error: Error, delivery: string | null = null): number => {
    log('error', 'webhook.stumbled', { delivery, message: error.message })
    return clock() + STUMBLED
  }

  const fly = (row: Delivery, name: string, host: Host) => {
    host.flying += 1
    const flight = attempt!(row)
      .then(clock, (error) => stumbled(error, row.id))
      .then((at) => {
        flights.delete(row.place)
        host.flying -= 1
        expect(name, at)
        return pump()
      })
    flights.set(row.place, flight)
  }

  /** Starts what is due at a host, and learns when to come back. */
  const serve = async (name: string, host: Host) => {
    // Whoever expects something from here on adds to what is found.
    host.soonest = NEVER
    const limit = mostPerHost + host.flying + 1
    const rows = await read.next(name, limit).catch((error) => {
      host.soonest = Math.min(host.soonest, stumbled(error))
      return []
    })
    const now = clock()
    for (const row of rows) {
      // Once it has ended the host is looked at again.
      if (flights.has(row.place)) continue
      const free = host.flying < mostPerHost && flights.size < most
      if (free && row.next_at <= now && !stopped) fly(row, name, host)
      else host.soonest = Math.min(host.soonest, row.next_at)
    }
    // Hosts take turns.
    hosts.delete(name)
    if (host.flying > 0 || host.soonest < NEVER) hosts.set(name, host)
  }

  const putRowsRight = async (now: number) => {
    if (await read.isAhead(now)) await sql.commit([putRight(now)])
    seen = now
  }

  /** What was reckoned before the clock was set back tells nobody when it is due: all hosts are looked at again. */
  const setBack = async (now: number) => {
    // Whatever comes of it now, once more in a while.
    for (const name of [...doubts.keys(), ...hosts.keys()]) doubts.set(name, now + STUMBLED)
    try {
      await putRowsRight(now)
      for (const name of hosts.keys()) expect(name, now)
    } catch (error) {
      stumbled(error as Error)
    }
  }

  const resolveDoubts = (now: number) => {
    for (const [name, at] of doubts)
      if (at <= now) {
        doubts.delete(name)
        expect(name, at)
      }
  }

  const pump = async (): Promise<void> => {
    again = true
    if (pumping || stopped || attempt === null) return
    pumping = true
    try {
      while (again) {
        again = false
        const now = clock()
        if (now < seen - SLIGHT) await setBack(now)
        else seen = now
        resolveDoubts(now)
        for (const [name, host] of [...hosts])
          if (host.soonest <= now && host.flying < mostPerHost && flights.size < most) await serve(name, host)
      }
    } finally {
      pumping = false
      arm()
    }
  }

  return {
    /** Something is stored by now that is due at these hosts. */
    stored: (names: readonly string[]): void => {
      if (names.length === 0) return
      for (const name of names) expect(name, clock())
      armBy(clock())
    },

    /** Something is about to be stored: looked for in a while, should nobody say that it was. */
    doubt: (names: readonly string[]): void => {
      const at = clock() + STUMBLED
      for (const name of names) doubts.set(name, at)
      if (names.length > 0) armBy(at)
    },

    /** Its timer went off. */
    wake: async (): Promise<void> => {
      armed = NEVER
      await pump()
    },

    /** Takes up what is stored. */
    start: async (): Promise<void> => {
      await putRowsRight(clock())
      for (const { host, soonest } of await read.hosts()) expect(host, soonest)
      arm()
    },

    stop: (): void => {
      stopped = true
      arm()
    },

    /** Resolves once nothing is under way any more. */
    idle: async (): Promise<void> => {
      while (flights.size > 0) await Promise.all(flights.values())
    },
  }
}
