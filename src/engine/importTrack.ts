/** importTrack: a track that a provider made before Tutti becomes a task of its own. Reading it costs nothing. */
import type { Adapter } from '../contract/adapter.ts'
import type { TaskForm } from '../contract/operations.ts'
import { type Snapshot, trackStatus } from '../contract/shapes.ts'
import { newTask, refuseBroken } from './accept.ts'
import { madeAt } from './dated.ts'
import { GatewayError } from './errors.ts'
import { type Caller, earlier, fingerprintOf, idFor, replay, requireProvider, winner } from './idempotency.ts'
import { randomId } from './ids.ts'
import { believable, faulty } from './links.ts'
import { SONG_FORMS } from './operations.ts'
import { judgeRead } from './outcome.ts'
import type { Access, Credential, World } from './ports.ts'
import type { Attempt, Request, WorkTask } from './state.ts'
import type { Reader } from './store.ts'
import type { TaskStore } from './tasks.ts'
import { send, upstreamRequest } from './upstream.ts'

const OPERATION = 'importTrack'

/** Forms whose records may hold a track: one for each place where a provider keeps some. */
const recordsOf = ({ operations }: Adapter): readonly TaskForm[] => {
  const pathOf = (form: TaskForm) => operations[form]!.poll.path
  const forms = SONG_FORMS.filter((form) => operations[form] !== undefined)
  return forms.filter((form, place) => forms.findIndex((each) => pathOf(each) === pathOf(form)) === place)
}

interface Wanted {
  readonly provider: string
  readonly provider_task_id: string
  readonly provider_track_id?: string
  readonly index?: number
}

export const trackImporter = (world: World, read: Reader, tasks: TaskStore) => {
  const { access: all, clock, entropy, settings } = world

  const recordAt = async (access: Access, credential: Credential, form: TaskForm, provider_task_id: string) => {
    const { adapter } = access
    const call = adapter.operations[form]!.poll
    const how = { timeoutMs: settings.readTimeout, connection: 'pooled', userAgent: settings.userAgent } as const
    const answer = await send(world.transport, upstreamRequest(access, credential, call, { provider_task_id }, how))
    const reading = judgeRead(adapter, form, call, answer)
    return reading.kind === 'read' ? { ...reading, made: madeAt(adapter, call, answer) } : reading
  }

  const accessOf = (provider: string): Access => {
    const access = all.find(({ adapter }) => adapter.id === provider)
    if (access === undefined)
      throw faulty(
        '/provider',
        'provider_unknown',
        `there is no provider ${provider}; there are ${all.map(({ adapter }) => adapter.id).join(', ')}`,
      )
    if (access.credentials.length === 0)
      throw new GatewayError('provider_not_configured', `No key is configured for ${provider}`, { provider })
    if (recordsOf(access.adapter).length === 0)
      throw new GatewayError('capability_unsupported', `${access.adapter.title} makes no tracks`, { provider })
    return access
  }

  const unfinished = (stage: Snapshot['stage']) =>
    stage === 'failed'
      ? faulty('/provider_task_id', 'track_unfinished', 'this track failed at the provider')
      : new GatewayError('not_ready', 'The provider has not finished this track yet', {}, 30)

  const choose = (wanted: Wanted, { tracks, stage }: Snapshot): number => {
    const { provider_track_id, index } = wanted
    const at =
      provider_track_id === undefined
        ? index!
        : tracks.findIndex((track) => track.provider_track_id === provider_track_id)
    // Tracks of a task that is under way may still come.
    if (!(at in tracks) && stage !== 'complete') throw unfinished(stage)
    if (provider_track_id !== undefined) {
      if (at < 0) throw faulty('/provider_track_id', 'track_unknown', `the task has no track ${provider_track_id}`)
      return at
    }
    if (at >= tracks.length)
      throw new GatewayError('track_index_out_of_range', `The task has ${tracks.length} tracks, counted from 0`, {
        errors: [{ pointer: '/index', code: 'track_index_out_of_range', detail: `must be less than ${tracks.length}` }],
      })
    return at
  }

  /** The record, wherever it is kept, from whichever of our keys sees it. */
  const find = async (access: Access, wanted: Wanted) => {
    let refused: GatewayError | null = null
    for (const form of recordsOf(access.adapter)) {
      for (const credential of access.credentials) {
        const reading = await recordAt(access, credential, form, wanted.provider_task_id)
        if (reading.kind === 'read') return { credential, form, snapshot: reading.response, made: reading.made }
        if (reading.kind === 'absent') continue
        const { code, detail, retryAfter, ...involved } = reading.failure
        refused ??= new GatewayError(
          code,
          detail,
          { ...involved, may_have_been_charged: false },
          retryAfter ?? undefined,
        )
      }
      // An id of another kind may be refused, or answered in words that we do not know: that says nothing of the other records.
      if (refused !== null && refused.code !== 'provider_rejected_request' && refused.code !== 'provider_protocol')
        break
    }
    if (refused !== null) throw refused
    throw faulty(
      '/provider_task_id',
      'task_unknown',
      `${access.adapter.title} knows no task ${wanted.provider_task_id}`,
    )
  }

  return async (caller: Caller, request: Request): Promise<{ task: WorkTask; replayed: boolean }> => {
    const { project } = caller
    const id = await idFor(entropy, clock(), caller, OPERATION)
    const fingerprint = await fingerprintOf(entropy, caller, request)
    const known = await earlier(read, caller, id, clock())
    if (known !== null) return replay(known as WorkTask, fingerprint, clock())
    refuseBroken(OPERATION, request)
    const wanted = request as unknown as Wanted
    const access = accessOf(wanted.provider)
    requireProvider(caller, wanted.provider)
    const { credential, form, snapshot, made } = await find(access, wanted)
    const at = choose(wanted, snapshot)
    const track = snapshot.tracks[at]!
    if (trackStatus(track) !== 'ready') throw unfinished(trackStatus(track) === 'failed' ? 'failed' : snapshot.stage)
    if (!believable(track, access.origin))
      throw new GatewayError('provider_protocol', `${access.adapter.title} names a file that is not on https`, {
        provider: access.adapter.id,
        may_have_been_charged: false,
      })
    const now = clock()
    const attempt: Attempt = {
      provider: access.adapter.id,
      credential: credential.id,
      form,
      model: null,
      chosen_by: 'own',
      id: randomId(entropy, 'att'),
      state: 'accepted',
      provider_task_id: wanted.provider_task_id,
      charged: 'no',
      credits: 0,
      usd: 0,
      error: null,
      warnings: [],
      token: '',
      created_at: now,
      updated_at: now,
    }
    const { livemode } = settings
    const own = { id, project, operation: OPERATION, request, fingerprint, livemode, subject: null } as const
    const task: WorkTask = {
      ...newTask(own, now, { material: {}, candidates: [] }),
      status: 'succeeded',
      stage: 'complete',
      stages: [{ stage: 'complete', at: now }],
      attempts: [attempt],
      // Its provider counts the days it keeps the file from then.
      tracks: [{ ...track, created_at: Math.min(made ?? now, now) }],
      track_offset: at,
      next: null,
      next_at: null,
      accepted_at: now,
    }
    if (await tasks.create(task, ['task.succeeded'])) return { task, replayed: false }
    return replay((await winner(read, caller, id, now)) as WorkTask, fingerprint, now)
  }
}
