/** Salvage: a result that comes after its task has failed is kept as a task of its own. It was paid for. */
import type { TaskForm } from '../contract/operations.ts'
import { type Snapshot, trackStatus } from '../contract/shapes.ts'
import { newTask } from './accept.ts'
import { finder } from './finder.ts'
import { taskId } from './ids.ts'
import { believable } from './links.ts'
import { judgeRead } from './outcome.ts'
import type { World } from './ports.ts'
import type { Attempt, WorkTask } from './state.ts'
import type { TaskStore } from './tasks.ts'
import { send, upstreamRequest } from './upstream.ts'

/** Whether there is something to keep: a finished task, and at least one file or result of it. */
const isWorthKeeping = ({ stage, tracks, result }: Snapshot) =>
  stage === 'complete' && (result != null || tracks.some((track) => trackStatus(track) === 'ready'))

export const salvager = (world: World, tasks: TaskStore) => {
  const { access: all, clock, entropy, settings, log } = world
  const find = finder(all)

  /** The record at the provider: the truth, where it can be read. */
  const recordOf = async (attempt: Attempt, provider_task_id: string): Promise<Snapshot | null> => {
    const found = find(attempt)
    const binding = found?.access.adapter.operations[attempt.form as TaskForm]
    if (found === null || binding === undefined) return null
    const how = { timeoutMs: settings.readTimeout, connection: 'pooled', userAgent: settings.userAgent } as const
    const { adapter, origin } = found.access
    const request = upstreamRequest(found.access, found.credential, binding.poll, { provider_task_id }, how)
    const reading = judgeRead(adapter, attempt.form, binding.poll, await send(world.transport, request))
    if (reading.kind !== 'read') return null
    const { tracks, result } = reading.response
    return believable([tracks, result], origin) ? reading.response : null
  }

  /** `told` is what the callback itself says: all there is, where it names no task. */
  return async (task: WorkTask, attempt: Attempt, named: string | null, told: Snapshot | null): Promise<void> => {
    // What the attempt's own answer said outweighs a callback: it may be about another task.
    const provider_task_id = attempt.provider_task_id ?? named
    const access = find(attempt)?.access
    const alone = access?.adapter.operations[attempt.form as TaskForm]?.callbackNamesNoTask === true
    const hearsay = told !== null && alone && believable([told.tracks, told.result], access.origin) ? told : null
    const snapshot = provider_task_id === null ? hearsay : await recordOf(attempt, provider_task_id)
    if (snapshot === null || !isWorthKeeping(snapshot)) return
    const now = clock()
    // However often it is told: one attempt is one salvage.
    const id = await taskId(entropy, now, task.project, 'salvage', attempt.id)
    const { project, operation, request, livemode, subject, material, signer } = task
    const verified = provider_task_id === null ? { verified: false as const } : {}
    const kept: WorkTask = {
      ...newTask(
        { id, project, operation, request, livemode, subject, fingerprint: '', ...(signer ? { signer } : {}) },
        now,
        {
          material,
          candidates: [],
        },
      ),
      status: 'succeeded',
      stage: 'complete',
      stages: [{ stage: 'complete', at: now }],
      attempts: [
        { ...attempt, state: 'accepted', provider_task_id, charged: 'yes', error: null, token: '', updated_at: now },
      ],
      tracks: snapshot.tracks.map((track) => ({ ...track, ...verified, created_at: now })),
      result: snapshot.result ?? null,
      salvaged_from: task.id,
      next: null,
      next_at: null,
      accepted_at: now,
    }
    if (await tasks.create(kept, ['track.salvaged']))
      log('info', 'track.salvaged', { task: id, from: task.id, provider: attempt.provider, tracks: kept.tracks.length })
  }
}
