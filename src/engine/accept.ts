/** Accepting a task: everything that can be known before spending is judged, then it is stored. */
import { catalogue, type Operation } from '../canonical/catalogue.ts'
import type { TaskOperation } from '../canonical/operations.ts'
import type { Routing } from '../canonical/routing.ts'
import { brokenRules } from '../contract/rules.ts'
import { GatewayError } from './errors.ts'
import type { Hub } from './hub.ts'
import { type Accepted, type Caller, earlier, fingerprintOf, idFor, ownerOf, replay, winner } from './idempotency.ts'
import type { materials } from './material.ts'
import type { World } from './ports.ts'
import { candidatesFor, isPinned } from './route.ts'
import type { Request, WorkTask } from './state.ts'
import type { Reader } from './store.ts'
import { priceAt } from './submission.ts'
import type { TaskStore } from './tasks.ts'
import { permission } from './webhooks/target.ts'

/** Refuses what the language itself does not allow, whoever would answer. */
export const refuseBroken = (operation: keyof typeof catalogue, request: Request) => {
  const { rules = [] }: Operation = catalogue[operation]
  const broken = brokenRules(rules, request)
  if (broken.length > 0)
    throw new GatewayError('validation_failed', `${broken[0]!.field} ${broken[0]!.detail}`, {
      errors: broken.map(({ field, code, detail }) => ({ pointer: `/${field}`, code, detail })),
    })
}

/** A task that is stored for the first time, with nothing done yet. */
export const newTask = (
  known: Pick<
    WorkTask,
    'id' | 'project' | 'operation' | 'request' | 'fingerprint' | 'livemode' | 'subject' | 'signer' | 'account' | 'trace'
  >,
  now: number,
  plan: Pick<WorkTask, 'material' | 'candidates'>,
): WorkTask => ({
  kind: 'work',
  ...known,
  ...plan,
  created_at: now,
  updated_at: now,
  status: 'queued',
  stage: 'accepted',
  stages: [{ stage: 'accepted', at: now }],
  seq: 1,
  version: 1,
  attempts: [],
  tracks: [],
  track_offset: 0,
  result: null,
  error: null,
  next: 'submit',
  next_at: now,
  polls: 0,
  accepted_at: null,
  absent_since: null,
})

/** @throws GatewayError with what is wrong; nothing is stored then */
export const acceptTasks = (
  world: World,
  read: Reader,
  tasks: TaskStore,
  lookUp: ReturnType<typeof materials>,
  hub: Hub,
) => {
  const { access: all, clock, entropy, settings } = world
  const { livemode } = settings
  const permitted = permission(world)
  return async (
    operation: TaskOperation,
    caller: Caller,
    request: Request,
    subject: string | null,
    cancelAfter: number | null,
  ): Promise<Accepted<WorkTask>> => {
    const { project } = caller
    const id = await idFor(entropy, clock(), caller, operation)
    const fingerprint = await fingerprintOf(entropy, caller, request)
    const known = await earlier(read, caller, id, clock())
    if (known !== null) return replay(known as WorkTask, fingerprint, clock())
    refuseBroken(operation, request)
    await permitted(request)
    const material = await lookUp(operation, project, request, subject)
    const providers = caller.key?.providers ?? null
    await hub.refresh((request.routing as Routing | undefined)?.sort)
    const able = candidatesFor(all, { operation, request, material, providers }, hub.strategies, id)
    const [first] = able
    if (able.length === 1 && isPinned(first!, material)) {
      const { adapter } = all.find((each) => each.adapter.id === first!.provider)!
      await hub.refusePinned(first!, priceAt(adapter, first!, { material, request }).credits)
    }
    // One at a time for an Idempotency-Key: whoever comes later finds the task of who was quicker, and takes no place.
    return tasks.inTurn(id, async () => {
      const quicker = await earlier(read, caller, id, clock())
      if (quicker !== null) return replay(quicker as WorkTask, fingerprint, clock())
      const owner = ownerOf(caller)
      const entry = { id, project, account: owner.account, material, request, candidates: able, queued: true }
      const entered = hub.enter(entry)
      // In one process nothing is waited for between taking its place and storing it.
      const candidates = entered instanceof Promise ? await entered : entered
      const now = clock()
      const signer = request.webhook === undefined || caller.signer === undefined ? {} : { signer: caller.signer }
      const own = { id, project, operation, request, fingerprint, livemode, subject, ...signer, ...owner }
      const deadline = cancelAfter === null ? {} : { deadline_at: now + cancelAfter }
      const task = { ...newTask(own, now, { material, candidates }), ...deadline }
      if (await tasks.create(task, ['task.queued'])) return { task, replayed: false }
      return replay((await winner(read, caller, id, now)) as WorkTask, fingerprint, now)
    })
  }
}
