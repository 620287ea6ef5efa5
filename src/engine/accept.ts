/** Accepting a song: everything that can be known before spending is judged, then it is stored. */
import { GENERATE_MUSIC_RULES, type GenerateMusicRequest } from '../canonical/generateMusic.ts'
import { brokenRules } from '../contract/rules.ts'
import { GatewayError } from './errors.ts'
import { type Accepted, type Caller, fingerprintOf, replay } from './idempotency.ts'
import { taskId } from './ids.ts'
import type { World } from './ports.ts'
import { candidatesFor } from './route.ts'
import type { MusicTask } from './state.ts'
import type { Reader } from './store.ts'
import type { TaskStore } from './tasks.ts'

const OPERATION = 'generateMusic'

const refuseForeignVoices = (request: GenerateMusicRequest) => {
  const field = (['persona_id', 'voice_id'] as const).find((each) => request[each] !== undefined)
  if (field !== undefined)
    throw new GatewayError('capability_unsupported', `${field} can not be used yet: leave it out`, {
      errors: [{ pointer: `/${field}`, code: 'unsupported', detail: 'There is no way to make one yet' }],
    })
}

const refuseBroken = (request: GenerateMusicRequest) => {
  const broken = brokenRules(GENERATE_MUSIC_RULES, request)
  if (broken.length > 0)
    throw new GatewayError('validation_failed', `${broken[0]!.field} ${broken[0]!.detail}`, {
      errors: broken.map(({ field, code, detail }) => ({ pointer: `/${field}`, code, detail })),
    })
}

/** @throws GatewayError with what is wrong; nothing is stored then */
export const acceptSongs = (world: World, read: Reader, tasks: TaskStore) => {
  const { access: all, clock, entropy, settings } = world
  return async (caller: Caller, request: GenerateMusicRequest): Promise<Accepted<MusicTask>> => {
    const { project, idempotencyKey } = caller
    const id = await taskId(entropy, clock(), project, OPERATION, idempotencyKey)
    const fingerprint = await fingerprintOf(entropy, caller, request)
    const known = idempotencyKey === null ? null : await read.task(id)
    if (known !== null) return replay(known as MusicTask, fingerprint, clock())
    refuseForeignVoices(request)
    refuseBroken(request)
    const candidates = candidatesFor(all, request)
    if (tasks.queued(project) >= settings.queueLimit)
      throw new GatewayError(
        'concurrency_limited',
        `${settings.queueLimit} tasks of this project are waiting to be submitted: wait until some of them are`,
        {},
        10,
      )
    const now = clock()
    const task: MusicTask = {
      id,
      project,
      operation: OPERATION,
      request,
      fingerprint,
      livemode: settings.livemode,
      created_at: now,
      updated_at: now,
      status: 'queued',
      stage: 'accepted',
      stages: [{ stage: 'accepted', at: now }],
      seq: 1,
      version: 1,
      attempts: [],
      candidates,
      tracks: [],
      error: null,
      next: 'submit',
      next_at: now,
      polls: 0,
      accepted_at: null,
      absent_since: null,
    }
    if (await tasks.create(task)) return { task, replayed: false }
    return replay((await read.task(id)) as MusicTask, fingerprint, now)
  }
}
