/** The hub as an object: keys and their limits, the health of the providers, webhooks. All tasks ask this one. */
import type { DurableObjectState } from '@cloudflare/workers-types'
import { recognize } from '../../engine/credentials.ts'
import { createDesk } from '../../engine/desk.ts'
import { finder } from '../../engine/finder.ts'
import { createHub, type Entry, type OwnHub, type Said } from '../../engine/hub.ts'
import { type RateState, requestRates } from '../../engine/keys/rate.ts'
import type { ClientKey } from '../../engine/keys/rows.ts'
import { materials } from '../../engine/material.ts'
import type { Reading } from '../../engine/outcome.ts'
import type { Sql, Statement, Value } from '../../engine/ports.ts'
import { shows } from '../../engine/present.ts'
import { type Candidate, ended, type Pin, type TaskState, type WorkTask } from '../../engine/state.ts'
import { isConflict, MIGRATIONS, reader } from '../../engine/store.ts'
import { DISPATCH } from '../../engine/webhooks/dispatcher.ts'
import type { Facts, HubForTasks, Installation, Report } from './apis.ts'
import { copyTask, dropCopy } from './copies.ts'
import { living } from './living.ts'
import { log } from './log.ts'
import { peers } from './peers.ts'
import { newSecret } from './secrets.ts'
import { allHeld, type Build, configOf, type Env, type History, settled } from './settings.ts'
import { objectRows, objectSql } from './sql.ts'
import { objectTimers, TIMERS } from './timers.ts'
import { worldOf } from './world.ts'

/** How long a place is kept for a task that was let in and never reported, in milliseconds. */
const PLACE_KEPT = 60_000
/** The same for a request, beyond what it may take. */
const GRACE = 60_000

/** What is kept here of a task: all of it while it is open, then only that it was. */
const mirror = (before: TaskState | null, after: TaskState | null): Statement => {
  if (after === null) return { ...dropCopy(before!.id), changes: 1 }
  return { ...copyTask(after, { subject: null, body: ended(after) ? '{}' : JSON.stringify(after) }), changes: 1 }
}

/** Makes what this installation is keyed with, once. */
const secretsIn = async (sql: Sql) => {
  const names = ['identity', 'pepper']
  const made = names.map((name) => ({
    sql: 'INSERT INTO secrets (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING',
    params: [name, newSecret()],
  }))
  await sql.commit(made)
  const rows = await sql.read('SELECT name, value FROM secrets WHERE name IN (?, ?)', names)
  const of = (name: string) => rows.find((row) => row.name === name)!.value as string
  return { identity: of('identity'), pepper: of('pepper') }
}

/** Requests that were begun and not ended: whoever began them may be gone. */
const underWay = (longest: number, giveUp: (pin: Pin, kind: Said['kind']) => void) => {
  const begun = new Map<string, { readonly pin: Pin; readonly kind: Said['kind']; readonly times: number[] }>()
  const of = (pin: Pin, kind: Said['kind']) => {
    const name = `${kind} ${pin.credential}`
    const known = begun.get(name) ?? { pin, kind, times: [] }
    begun.set(name, known)
    return known.times
  }
  return {
    begin: (pin: Pin, kind: Said['kind']): void => void of(pin, kind).push(Date.now()),
    /** @returns false where it was given up before */
    end: (pin: Pin, kind: Said['kind']): boolean => of(pin, kind).shift() !== undefined,
    prune: (): void => {
      for (const { pin, kind, times } of begun.values())
        while (times.length > 0 && Date.now() - times[0]! > longest) {
          times.shift()
          giveUp(pin, kind)
        }
    },
  }
}

/** Tasks that were let in and are yet to be reported. */
const doorFor = (hub: OwnHub) => {
  const places = new Map<string, { readonly giveBack: () => void; readonly at: number }>()
  const leave = (id: string) => {
    places.get(id)?.giveBack()
    places.delete(id)
  }
  return {
    enter: async (entry: Entry): Promise<readonly Candidate[]> => {
      for (const [id, { at }] of places) if (Date.now() - at > PLACE_KEPT) leave(id)
      const candidates = await hub.enter(entry)
      const { id, project, account, queued } = entry
      if (places.has(id)) return candidates
      const coming = { id, project, account, status: queued ? 'queued' : 'running' } as TaskState
      places.set(id, { giveBack: hub.changes.begin(coming), at: Date.now() })
      return candidates
    },
    /** It has been reported: its place is its own. */
    reported: (id: string): void => void places.delete(id),
    leave,
  }
}

const startHub = async ({ storage }: DurableObjectState, env: Env, build: Build) => {
  const config = configOf(env, build)
  const rows = objectRows(storage, MIGRATIONS, [TIMERS])
  const timing = objectTimers(storage, rows, Date.now)
  const sql = objectSql(storage, rows, timing.guard)
  const secrets = await secretsIn(sql)
  await recognize(sql, await allHeld(settled(config).providers))
  const history = (await sql.read('SELECT credential, fingerprint FROM credential_names', [])) as unknown as History
  const world = await worldOf(env, config, { sql, timers: timing.timers, identity: secrets.identity, history })
  const { access, settings } = world
  const show = shows(access)
  const read = reader(sql)
  const hub = createHub(world, read, show.present)
  const { meter, ...desk } = createDesk(world, hub, materials(world, peers(env), show.retention))
  const find = finder(access)
  const rates = requestRates(Date.now)
  const door = doorFor(hub)
  const requests = underWay(settings.submitTimeout + GRACE, (pin, kind) => {
    hub.done(pin, { kind, outcome: null, credits: null })
  })

  await hub.ledger.start()
  await hub.hooks.start()
  for (let after = 0; ; ) {
    const batch = await read.open(after)
    for (const { task } of batch) hub.changes.adopt(task)
    const last = batch.at(-1)
    if (last === undefined) break
    after = last.place
  }

  const take = async (report: Report): Promise<void> => {
    if ('gone' in report) {
      await sql.commit([dropCopy(report.gone), ...hub.changes.gone(report.gone)])
      return
    }
    const { before, after, events } = report
    try {
      await sql.commit([mirror(before, after), ...hub.changes.of(before, after, events)])
    } catch (error) {
      // It was told before.
      if (isConflict(error)) return
      throw error
    }
    hub.changes.stored(before, after)
    door.reported((after ?? before)!.id)
  }

  const api = {
    ...desk,
    metrics: () => meter.text(),

    /** What every object and every copy of the Worker has to know. */
    installation: (): Installation => ({ ...secrets, history }),
    /** For keys and projects, which are rows here. */
    read: (text: string, params: readonly Value[]) => sql.read(text, params),
    commit: (statements: readonly Statement[]) => sql.commit(statements),
    takeRate: (key: ClientKey): RateState | null => rates.take(key),
    lookRate: (key: ClientKey): RateState | null => rates.look(key),

    facts: (): Facts => {
      hub.book.refresh()
      const ofEach = (value: (each: (typeof access)[number]) => number | null) =>
        Object.fromEntries(access.map((each) => [each.adapter.id, value(each)]))
      return {
        latency: ofEach(({ adapter }) => hub.watch.observed(adapter.id).latency()),
        balance: ofEach((each) => hub.book.balance(each)),
      }
    },
    enter: door.enter,
    leave: door.leave,
    admit: async (task: WorkTask) => {
      requests.prune()
      const admitted = await hub.admit(task)
      if (admitted.kind === 'go') requests.begin(admitted.candidate, 'creates')
      return admitted
    },
    refusePinned: hub.refusePinned,
    requireReady: hub.requireReady,
    begin: async (pin: Pin) => {
      await hub.begin(pin)
      requests.begin(pin, 'calls')
    },
    done: (pin: Pin, said: Said) => (requests.end(pin, said.kind) ? hub.done(pin, said) : false),
    /** A read that failed at a provider. */
    heard: (pin: Pin, reading: Reading<unknown>) => {
      const asked = find(pin)
      if (asked !== null) hub.reads.read(asked, reading)
    },
    report: async (reports: readonly Report[]): Promise<void> => {
      for (const each of reports) await take(each)
    },
  }
  const ring = () =>
    timing.ring(
      async (name) => (name === DISPATCH ? hub.hooks.dispatcher.wake() : undefined),
      (name, error) => log('error', 'timer.stumbled', { timer: name, message: error.message }),
    )
  return { api, ring }
}

export type HubApi = Awaited<ReturnType<typeof startHub>>['api']
/** What tasks ask for is there. */
export type Answers = HubApi extends HubForTasks ? true : never

export const hubObject = (build: Build) => living((ctx, env) => startHub(ctx, env, build))
