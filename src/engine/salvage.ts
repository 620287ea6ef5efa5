/** Salvage: a result that comes after its task has failed is kept as a task of its own. It was paid for. */
import type { TaskForm } from '../contract/operations.ts'
import { type Snapshot, trackStatus } from '../contract/shapes.ts'
import { newTask } from './accept.ts'
import { finder } from './finder.ts'
import { MOST_TRACKS, taskId } from './ids.ts'
import { believable } from './links.ts'
import { judgeRead } from './outcome.ts'
import type { World } from './ports.ts'
import type { Attempt, EventType, WorkTask } from './state.ts'
import { closed } from './step.ts'
import type { Reader } from './store.ts'
import type { TaskStore } from './tasks.ts'
import { send, upstreamRequest } from './upstream.ts'

/** The name of the one timer of late results. */
export const SALVAGE = 'late results'

const MINUTE = 60_000
/** How often a late result is looked for again, and until when, in milliseconds. */
const AGAIN = { first: MINUTE / 2, most: 30 * MINUTE, until: 24 * 60 * MINUTE }
const BATCH = 50

/** A result that a callback has told of, and that has not been read yet. */
interface Late {
  readonly attempt: string
  readonly task: string
  readonly provider_task_id: string
  readonly since: number
  readonly tries: number
}

/** Stores a new task; false where it was stored before. */
export type Keep = (task: WorkTask, types: readonly EventType[]) => Promise<boolean>

/** What there is at the provider: a record with a song, and whether there can be more of it later. */
interface Found {
  readonly record: Snapshot | null
  readonly final: boolean
}

const UNREAD: Found = { record: null, final: false }

const isReady = ({ tracks, result }: Snapshot) =>
  result != null || tracks.some((track) => trackStatus(track) === 'ready')

/** @param keep where what was salvaged is stored: it is a task of its own */
export const salvager = (world: World, read: Reader, tasks: TaskStore, keep: Keep = tasks.create) => {
  const { access: all, clock, entropy, settings, sql, timers, log } = world
  const find = finder(all)
  let next = Number.POSITIVE_INFINITY
  let looking = false

  /** The record at the provider: the truth, where it can be read. */
  const recordOf = async (attempt: Attempt, provider_task_id: string): Promise<Found> => {
    const found = find(attempt)
    const binding = found?.access.adapter.operations[attempt.form as TaskForm]
    if (found === null || binding === undefined) return UNREAD
    const how = { timeoutMs: settings.readTimeout, connection: 'pooled', userAgent: settings.userAgent } as const
    const { adapter, origin } = found.access
    const request = upstreamRequest(found.access, found.credential, binding.poll, { provider_task_id }, how)
    const reading = judgeRead(adapter, attempt.form, binding.poll, await send(world.transport, request))
    if (reading.kind !== 'read') return UNREAD
    const { stage, tracks, result } = reading.response
    if (!believable([tracks, result], origin)) return { record: null, final: true }
    const record = isReady(reading.response) ? reading.response : null
    return { record, final: stage === 'complete' || stage === 'failed' }
  }

  const salvage = async (task: WorkTask, attempt: Attempt, provider_task_id: string | null, snapshot: Snapshot) => {
    const now = clock()
    // However often it is told: one attempt is one salvage.
    const id = await taskId(entropy, now, task.project, 'salvage', attempt.id)
    const { project, operation, request, livemode, subject, material, signer } = task
    const own = { id, project, operation, request, livemode, subject, fingerprint: '', ...(signer ? { signer } : {}) }
    const verified = provider_task_id === null ? { verified: false as const } : {}
    const kept: WorkTask = {
      ...newTask(own, now, { material, candidates: [] }),
      status: 'succeeded',
      stage: 'complete',
      stages: [{ stage: 'complete', at: now }],
      attempts: [
        { ...attempt, state: 'accepted', provider_task_id, charged: 'yes', error: null, token: '', updated_at: now },
      ],
      tracks: snapshot.tracks
        .slice(0, MOST_TRACKS)
        .map((track) => closed({ ...track, ...verified, created_at: now }, 'The provider never finished this track')),
      result: snapshot.result ?? null,
      salvaged_from: task.id,
      next: null,
      next_at: null,
      accepted_at: now,
    }
    // Whose task was deleted wants no more of it.
    const wanted = async () => (await read.task(task.id)) !== null && keep(kept, ['track.salvaged'])
    if (await tasks.inTurn(task.id, wanted))
      log('info', 'track.salvaged', { task: id, from: task.id, provider: attempt.provider, tracks: kept.tracks.length })
  }

  const awake = (at: number) => {
    next = Math.min(next, at)
    timers.set(SALVAGE, next)
  }

  const forget = (attempt: string) =>
    sql.commit([{ sql: 'DELETE FROM late_results WHERE attempt = ?', params: [attempt] }])

  const lookAt = async (task: WorkTask, attempt: Attempt, { provider_task_id, since, tries }: Late): Promise<void> => {
    const { record, final } = await recordOf(attempt, provider_task_id)
    const over = final || clock() - since >= AGAIN.until
    // Of two songs one may be all that ever comes.
    if (over && record !== null) await salvage(task, attempt, provider_task_id, record)
    else if (over && !final) log('warn', 'salvage.given_up', { task: task.id, provider: attempt.provider })
    if (over) return forget(attempt.id)
    const at = Math.ceil(clock() + Math.min(AGAIN.first * 2 ** tries, AGAIN.most) * settings.pollScale)
    await sql.commit([
      { sql: 'UPDATE late_results SET tries = ?, at = ? WHERE attempt = ?', params: [tries + 1, at, attempt.id] },
    ])
    awake(at)
  }

  const start = async (): Promise<void> => {
    const [row] = await sql.read('SELECT min(at) AS at FROM late_results', [])
    next = Number.POSITIVE_INFINITY
    if (row?.at != null) awake(Math.max(row.at as number, clock()))
  }

  return {
    /** The only way to start. */
    start,

    /** Its timer went off. While it looks, the timer may go off once more: everything due is looked at once. */
    wake: async (): Promise<void> => {
      if (looking) return
      looking = true
      next = Number.POSITIVE_INFINITY
      try {
        const due = await sql.read('SELECT * FROM late_results WHERE at <= ? ORDER BY at LIMIT ?', [clock(), BATCH])
        for (const row of due as unknown as readonly Late[]) {
          const task = await read.task(row.task)
          const attempt = task?.attempts.find(({ id }) => id === row.attempt)
          if (task?.kind === 'work' && attempt !== undefined) await lookAt(task, attempt, row)
          else await forget(row.attempt)
        }
        await start()
      } finally {
        looking = false
      }
    },

    /** A callback told of it. `told` is what the callback itself says: all there is, where it names no task. */
    hear: async (task: WorkTask, attempt: Attempt, named: string | null, told: Snapshot | null): Promise<void> => {
      // What the attempt's own answer said outweighs a callback: it may be about another task.
      const provider_task_id = attempt.provider_task_id ?? named
      if (provider_task_id === null) {
        const access = find(attempt)?.access
        const alone = access?.adapter.operations[attempt.form as TaskForm]?.callbackNamesNoTask === true
        if (!alone || told?.stage !== 'complete' || !isReady(told)) return
        if (believable([told.tracks, told.result], access.origin)) await salvage(task, attempt, null, told)
        return
      }
      const now = clock()
      // Stored first: whatever happens to this process, it is looked for until it is found or a day is over.
      await sql.commit([
        {
          sql: `INSERT INTO late_results (attempt, task, provider_task_id, since, tries, at) VALUES (?, ?, ?, ?, 0, ?)
            ON CONFLICT DO NOTHING`,
          params: [attempt.id, task.id, provider_task_id, now, now],
        },
      ])
      const [row] = await sql.read('SELECT * FROM late_results WHERE attempt = ?', [attempt.id])
      if (row !== undefined) await lookAt(task, attempt, row as unknown as Late)
    },
  }
}
