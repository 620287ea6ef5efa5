/** Keys and limits as an object: projects, keys, what they may still have, and the published limits of the providers. */
import type { DurableObjectState } from '@cloudflare/workers-types'
import { recognize } from '../../engine/credentials.ts'
import type { Entry } from '../../engine/hub.ts'
import { type RateState, requestRates } from '../../engine/keys/rate.ts'
import type { ClientKey } from '../../engine/keys/rows.ts'
import { queueFigures } from '../../engine/measured.ts'
import { createMeter } from '../../engine/meter.ts'
import type { Sql, Statement, Value } from '../../engine/ports.ts'
import { createQuotas, type Quotas } from '../../engine/quotas.ts'
import { storeReadiness } from '../../engine/readiness.ts'
import { type Candidate, ended, type TaskState } from '../../engine/state.ts'
import { isConflict, MIGRATIONS, reader } from '../../engine/store.ts'
import type { Installation, LimitsForTasks, Report } from './apis.ts'
import { copyTask, dropCopy } from './copies.ts'
import { living } from './living.ts'
import { log } from './log.ts'
import { newSecret } from './secrets.ts'
import { allHeld, type Build, configOf, type Env, type History, settled } from './settings.ts'
import { objectRows, objectSql } from './sql.ts'
import { objectTimers, TIMERS } from './timers.ts'
import { worldOf } from './world.ts'

/** How long a place is kept for a task that was let in and never reported, in milliseconds. */
const PLACE_KEPT = 60_000

/** Where the health of providers is judged. */
const REGIONS = 'CREATE TABLE IF NOT EXISTS regions (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID'

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

/** Tasks that were let in and are yet to be reported. */
const doorFor = (quotas: Quotas) => {
  const places = new Map<string, { readonly giveBack: () => void; readonly at: number }>()
  const leave = (name: string) => {
    places.get(name)?.giveBack()
    places.delete(name)
  }
  return {
    enter: async (entry: Entry): Promise<readonly Candidate[]> => {
      for (const [name, { at }] of places) if (Date.now() - at > PLACE_KEPT) leave(name)
      const candidates = quotas.enter(entry)
      const { id, project, account, queued } = entry
      const name = `${id} ${account?.key ?? ''}`
      if (places.has(name)) return candidates
      const coming = { id, project, account, status: queued ? 'queued' : 'running' } as TaskState
      places.set(name, { giveBack: quotas.changes.begin(coming), at: Date.now() })
      return candidates
    },
    /** It has been reported: its place is its own. */
    reported: (id: string): void => {
      for (const name of places.keys()) if (name.startsWith(`${id} `)) places.delete(name)
    },
  }
}

const startLimits = async ({ storage }: DurableObjectState, env: Env, build: Build) => {
  const config = configOf(env, build)
  const rows = objectRows(storage, MIGRATIONS, [TIMERS, REGIONS])
  const timing = objectTimers(storage, rows, Date.now)
  const sql = objectSql(storage, rows, timing.guard)
  const secrets = await secretsIn(sql)
  await recognize(sql, await allHeld(settled(config).providers))
  const history = (await sql.read('SELECT credential, fingerprint FROM credential_names', [])) as unknown as History
  const world = await worldOf(env, config, { sql, timers: timing.timers, identity: secrets.identity, history })
  const read = reader(sql)
  const quotas = createQuotas(world)
  const { ledger, limiter, changes } = quotas
  const meter = createMeter()
  queueFigures(meter, read, quotas.queued)
  const rates = requestRates(Date.now)
  const door = doorFor(quotas)

  await ledger.start()
  for (let after = 0; ; ) {
    const batch = await read.open(after)
    for (const { task } of batch) changes.adopt(task)
    const last = batch.at(-1)
    if (last === undefined) break
    after = last.place
  }

  const take = async (report: Report): Promise<void> => {
    if ('gone' in report) return sql.commit([dropCopy(report.gone)])
    const { before, after, events } = report
    try {
      await sql.commit([mirror(before, after), ...changes.of(before, after, events)])
    } catch (error) {
      // It was told before.
      if (isConflict(error)) return
      throw error
    }
    changes.stored(before, after)
    door.reported((after ?? before)!.id)
  }

  const api = {
    metrics: () => meter.text(),
    unready: storeReadiness(world),
    usageOf: (key: ClientKey) => ledger.usageOf(key.id),

    /** What every object and every copy of the Worker has to know. */
    installation: (): Installation => ({ ...secrets, history }),
    /** For keys and projects, which are rows here. */
    read: (text: string, params: readonly Value[]) => sql.read(text, params),
    commit: (statements: readonly Statement[]) => sql.commit(statements),
    takeRate: (key: ClientKey): RateState | null => rates.take(key),
    lookRate: (key: ClientKey): RateState | null => rates.look(key),

    arrive: (region: string): void =>
      rows.write('INSERT INTO regions (name) VALUES (?) ON CONFLICT DO NOTHING', region),
    regions: (): string[] => rows.read('SELECT name FROM regions ORDER BY name').map(({ name }) => name as string),

    enter: door.enter,
    ...limiter,
    report: async (reports: readonly Report[]): Promise<void> => {
      for (const each of reports) await take(each)
    },
  }
  const ring = () =>
    timing.ring(
      async () => undefined,
      (name, error) => log('error', 'timer.stumbled', { timer: name, message: error.message }),
    )
  return { api, ring }
}

export type LimitsApi = Awaited<ReturnType<typeof startLimits>>['api']
/** What is asked for is there. */
export type Answers = LimitsApi extends LimitsForTasks ? true : never

export const limitsObject = (build: Build) => living((ctx, env) => startLimits(ctx, env, build))
