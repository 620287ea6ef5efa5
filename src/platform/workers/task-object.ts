/** A task as an object: everything that is stored of it, done to it or made by it, under the name its ids share. */
import type { DurableObjectState } from '@cloudflare/workers-types'
import { SWEEP } from '../../engine/deletion.ts'
import { eventReader, type StoredEvent } from '../../engine/events.ts'
import { createHome } from '../../engine/home.ts'
import { SALVAGE } from '../../engine/late-results.ts'
import { shows } from '../../engine/present.ts'
import type { EventType, TaskState } from '../../engine/state.ts'
import { reader } from '../../engine/store.ts'
import { TOMBSTONES_KEPT } from '../../engine/tombstone.ts'
import { REPORTS } from './backlog.ts'
import { copyTask, dropCopy } from './copies.ts'
import { ELSEWHERE, elsewhere, SETTLE } from './elsewhere.ts'
import { living } from './living.ts'
import { log } from './log.ts'
import { healthOf, limitsOf, stemOf, taskAt } from './objects.ts'
import { beside } from './peers.ts'
import { within } from './remote.ts'
import { remoteHub } from './remote-hub.ts'
import { pauseAfter, REPORT, reporter } from './reports.ts'
import { taskSchema } from './schema.ts'
import { type Build, configOf, type Env } from './settings.ts'
import { objectRows, objectSql } from './sql.ts'
import { objectTimers, TIMERS } from './timers.ts'
import { worldOf } from './world.ts'

/** How long an answer waits until lists know of what it tells, in milliseconds. */
const LISTED = 1000

/** Whatever an object is kept for. */
const HELD = ['tasks', 'tombstones', 'elsewhere', 'reports', 'late_results'] as const
/** Nothing of it is there, and the tables are still: they are given back by the next alarm. */
const BARE = `SELECT 1 WHERE ${HELD.map((table) => `NOT EXISTS (SELECT 1 FROM ${table})`).join(' AND ')}`

/** What they have to tell, and what no timer would have told. */
const UNTOLD = `SELECT 1 FROM reports WHERE NOT EXISTS (SELECT 1 FROM timers WHERE name = '${REPORT}')`
/** What would be interrupted: tasks that are open, what is untold, late results that are looked for, and giving all back. */
const BUSY = `${BARE} UNION ALL ${UNTOLD} UNION ALL SELECT 1 FROM late_results
  UNION ALL SELECT 1 FROM tasks WHERE status IN ('queued', 'running') LIMIT 1`

/**
 * What of it no timer tells of, such as a call: it is answered in its own time. A task without one that waits to be sent can wait,
 * and copies are not of this object: theirs is an end from the beginning.
 */
const UNTIMED = `${UNTOLD} UNION ALL SELECT 1 FROM late_results WHERE NOT EXISTS (SELECT 1 FROM timers WHERE name = '${SALVAGE}')
  UNION ALL SELECT 1 FROM tasks WHERE status = 'running' AND ended_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM timers WHERE name = tasks.id) LIMIT 1`

/** An event as it travels. */
export interface SentEvent extends Omit<StoredEvent, 'task'> {
  readonly state: TaskState
}
const sent = ({ task, ...event }: StoredEvent): SentEvent => ({ ...event, state: task() })

/** What an object is called, and the region it was made in: an alarm says neither. */
const NAME = 'CREATE TABLE IF NOT EXISTS own_name (name TEXT NOT NULL, region TEXT NOT NULL)'

const startTask = async ({ storage, id: { name } }: DurableObjectState, env: Env, build: Build, asker: string) => {
  const rows = objectRows(storage, taskSchema(), [TIMERS, REPORTS, ELSEWHERE, NAME], (write) => {
    // What was given back may be used once more by a life that an alarm has begun, which was told neither.
    write('INSERT INTO own_name (name, region) VALUES (?, ?)', stem!, region)
  })
  const [known] = rows.read('SELECT name, region FROM own_name')
  const stem = name ?? (known?.name as string | undefined)
  const region = (known?.region as string | undefined) ?? asker
  if (stem === undefined) throw new Error('This object was never given a name')
  const config = configOf(env, build)
  const limits = limitsOf(env)
  const { identity, history } = await limits.installation()
  const holds = (found: string) => rows.read(found).length > 0
  const timing = objectTimers(
    storage,
    rows,
    Date.now,
    () => !holds(BUSY),
    () => holds(UNTIMED),
  )
  const sql = objectSql(storage, rows, timing.guard)
  const world = await worldOf(env, config, { sql, timers: timing.timers, identity, history })
  const isHere = (task: string) => stemOf(task) === stem
  const ownTask = `task_${stem}0`
  const own = reader(sql)
  const reports = reporter(env, rows, timing.timers, isHere, region, timing.calm)
  const away = elsewhere(env, rows, timing.timers, own, isHere, () => storage.sync())
  const home = createHome(world, {
    read: beside(env, own, isHere),
    hub: remoteHub(world, limits, healthOf(env, region), { ...reports, changes: away.claiming(reports.changes) }),
    show: shows(world.access),
    sweepEvery: Number.POSITIVE_INFINITY,
    keep: (task, types) => taskAt(env, task.id, region).keep(task, types),
  })
  const events = eventReader(sql)
  const { tasks, told: _, lookUp: __, wake, recover, release: ___, followTask: ____, ...asked } = home

  /** Answers once lists know of it too, or soon after. */
  const listed =
    <Asked extends unknown[], Answer>(work: (...asked: Asked) => Promise<Answer>) =>
    async (...asked: Asked): Promise<Answer> => {
      try {
        return await work(...asked)
      } finally {
        await within(LISTED, reports.told(), undefined)
      }
    }

  const api = {
    ...asked,
    create: listed(asked.create),
    importTrack: listed(asked.importTrack),
    createPersona: listed(asked.createPersona),
    enhanceStyle: listed(asked.enhanceStyle),
    uploadAudio: listed(asked.uploadAudio),
    checkVoice: listed(asked.checkVoice),
    alignLyrics: listed(asked.alignLyrics),
    cancelTask: listed(asked.cancelTask),
    deleteTask: listed(asked.deleteTask),

    /** A callback, with those of its headers that say who sent it. */
    ring: (provider: string, token: string, body: unknown, headers: Readonly<Record<string, string>>) =>
      asked.ring(provider, token, body, (name) => headers[name]),

    // For other objects.
    ...away.api,
    /** Resolves when a task is not any more as it was at this event, or has ended, or after so many milliseconds. */
    changedSince: async (id: string, seq: number, milliseconds: number): Promise<void> => {
      const other = isHere(id) ? away.homeOf(id) : null
      if (other !== null) return taskAt(env, other).changedSince(id, seq, milliseconds)
      return tasks.changed(id, (task) => task.seq !== seq, milliseconds)
    },
    alignments: own.alignments,
    recoveries: own.recoveries,
    alignment: own.alignment,
    lastAbout: own.lastAbout,
    /** A call of this name is not at that home any more, and never comes back. */
    release: async (id: string, from: string): Promise<void> => {
      away.forget(id, from)
      await leave()
    },

    /** A copy of a task about something that was made here; null takes it away again. */
    keepCopy: async (id: string, task: TaskState | null): Promise<void> => {
      if (isHere(id)) return
      own.forget(id)
      const { subject = null } = task ?? {}
      await sql.commit([task === null ? dropCopy(id) : copyTask(task, { subject, body: JSON.stringify(task) })])
      timing.calm()
    },
    /** A task that another object has made for this one. */
    keep: listed((task: TaskState, types: readonly EventType[]) => tasks.create(task, types)),

    // For those who follow.
    eventsAfter: async (id: string, after: number, limit: number): Promise<SentEvent[]> =>
      (await events.ofTask(id, after, limit)).map(sent),
    eventById: async (id: string): Promise<SentEvent | null> => {
      const found = await events.byId(id)
      return found === null ? null : sent(found)
    },
    /** A task as it is stored, of this project. */
    stored: async (project: string, id: string): Promise<TaskState> => home.own(project, id),

    /** Tells the lists of a task once more. @returns false where it is not here */
    relist: async (id: string): Promise<boolean> => reports.again(await own.task(id)),
  }

  /** Once the task is deleted, and what was kept of it as well, the object goes too. */
  const leave = async (): Promise<void> => {
    if (!holds(BARE)) return
    await Promise.all([timing.stop(), rows.drop()])
  }
  /** Of what is forgotten with its tombstone nobody else need know anything any more. */
  const partWith = async (before: number): Promise<void> => {
    for (const row of rows.read('SELECT id FROM tombstones WHERE deleted_at <= ?', before)) {
      const id = row.id as string
      if (isHere(id)) await reports.forgotten(id)
      else await taskAt(env, id).release(id, ownTask)
    }
  }

  /** The same; where somebody can not hear of it, later. */
  const parted = async (before: number): Promise<boolean> => {
    try {
      await partWith(before)
      return true
    } catch (error) {
      log('warn', 'sweep.unheard', { message: (error as Error).message })
      timing.timers.set(SWEEP, Date.now() + pauseAfter(Number.POSITIVE_INFINITY))
      return false
    }
  }

  // Until it was told, an end of this life may not leave it to an alarm of next week.
  if (rows.read(UNTOLD).length > 0) timing.guard()
  // Where nothing was ever stored there is nothing to take up.
  if (rows.read('SELECT 1 FROM own_name').length > 0) await recover()
  reports.flush()
  const ring = async () => {
    await timing.ring(
      async (name) => {
        if (name === REPORT) return reports.retold()
        if (name === SETTLE) return away.settle()
        // A minute early: none may turn old enough between this and the sweep.
        if (name === SWEEP && !(await parted(Date.now() - TOMBSTONES_KEPT + 60_000))) return
        return wake(name)
      },
      (name, error) => log('error', 'task.stumbled', { task: name, message: error.message, stack: error.stack }),
    )
    await leave()
  }
  return { api, ring }
}

export type TaskApi = Awaited<ReturnType<typeof startTask>>['api']

export const taskObject = (build: Build) => living((ctx, env, region) => startTask(ctx, env, build, region))
