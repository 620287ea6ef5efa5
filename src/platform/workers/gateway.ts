/** The engine as a Worker serves it: each question is asked of the object that knows, and lists of their index. */
import type { CallOperation, TaskOperation } from '../../canonical/operations.ts'
import { readToken } from '../../engine/callback.ts'
import { NO_USAGE } from '../../engine/desk.ts'
import type { HeaderReader } from '../../engine/doorbell.ts'
import type { Served } from '../../engine/engine.ts'
import { GatewayError } from '../../engine/errors.ts'
import { type EventReader, eventId, readEventId, type StoredEvent } from '../../engine/events.ts'
import type { Caller } from '../../engine/idempotency.ts'
import { taskId, taskOfOwn } from '../../engine/ids.ts'
import { isBootstrap } from '../../engine/keys/rows.ts'
import { createLists } from '../../engine/lists.ts'
import type { SentFile } from '../../engine/made.ts'
import { createMeter, joined } from '../../engine/meter.ts'
import { FREE_CALLS } from '../../engine/operations.ts'
import type { Access, Entropy } from '../../engine/ports.ts'
import { shows } from '../../engine/present.ts'
import { ended, type Request, type TaskState } from '../../engine/state.ts'
import { telling } from '../../engine/telling.ts'
import type { HealthApi } from './health-object.ts'
import type { LimitsApi } from './limits-object.ts'
import { healthOf, limitsOf, taskAt as objectAt, webhooksOf } from './objects.ts'
import { Unanswered } from './remote.ts'
import type { Env } from './settings.ts'
import { listing, type Placed } from './task-index.ts'
import type { SentEvent, TaskApi } from './task-object.ts'
import type { WebhooksApi } from './webhooks-object.ts'

/** How often the events of a project are looked for while somebody follows them, in milliseconds. */
const LOOK = 2000

/** A caller with the id of what may come of the request: it names the object that is asked. */
interface Named extends Caller {
  readonly taskId: string
}

const taskAt = (env: Env, id: string, region?: string) => objectAt<TaskApi>(env, id, region)

const isGone = (error: unknown) =>
  error instanceof GatewayError && (error.code === 'not_found' || error.code === 'task_deleted')

const received = ({ state, ...event }: SentEvent): StoredEvent => ({ ...event, task: () => state })

/** A task, wherever it lives: a call about a track lives with the track. */
const finding = (env: Env) => {
  const homeOf = async (id: string) => {
    const home = await taskAt(env, id).elsewhere(id)
    return home === null ? null : taskAt(env, home)
  }
  /** Asks the object of a task's name, and where it is not there whoever has it. */
  return async <Answer>(id: string, ask: (object: ReturnType<typeof taskAt>) => Promise<Answer>): Promise<Answer> => {
    try {
      return await ask(taskAt(env, id))
    } catch (error) {
      const home = isGone(error) ? await homeOf(id) : null
      if (home === null) throw error
      return ask(home)
    }
  }
}

/** A page of an index with what it names, as long as that is there. @param next those after the last */
const filled = async <Entry, Found>(
  limit: number,
  next: (last: Entry | null, limit: number) => Promise<readonly Entry[]>,
  look: (entry: Entry) => Promise<Found | null>,
): Promise<Found[]> => {
  const found: Found[] = []
  for (let last: Entry | null = null; ; ) {
    const few = limit - found.length
    const entries: readonly Entry[] = await next(last, few)
    found.push(...(await Promise.all(entries.map(look))).filter((each) => each !== null))
    if (entries.length < few || found.length >= limit) return found
    last = entries.at(-1)!
  }
}

const eventsBy = (env: Env, find: ReturnType<typeof finding>): EventReader => {
  const index = listing(env)

  /** An event as the object of its task tells it; null where it is gone since. */
  const told = async ({ place, task, seq }: Placed): Promise<StoredEvent | null> => {
    const event = await find(task, (object) => object.eventById(eventId(task, seq)))
    return event === null ? null : { ...received(event), place }
  }

  return {
    ofTask: (task, after, limit) =>
      find(task, async (object) => (await object.eventsAfter(task, after, limit)).map(received)),
    ofProject: (project, after, limit) =>
      filled(limit, (last: Placed | null, few) => index.after(project, last?.place ?? after, few), told),
    before: (project, place, limit) =>
      filled(limit, (last: Placed | null, few) => index.before(project, last?.place ?? place, few), told),
    newest: index.newest,
    placeOf: async (project, id) => {
      const named = readEventId(id)
      return named === null ? null : index.placeOf(project, named.task, named.seq)
    },
    byId: async (id) => {
      const named = readEventId(id)
      if (named === null) return null
      const event = await find(named.task, (object) => object.eventById(id))
      return event === null ? null : received(event)
    },
  }
}

export interface Installed {
  readonly env: Env
  readonly access: readonly Access[]
  readonly entropy: Entropy
  /** Where its requests come from. */
  readonly region: string
}

export const workerGateway = ({ env, access, entropy, region }: Installed): Served => {
  const limits = limitsOf<LimitsApi>(env)
  const health = healthOf<HealthApi>(env, region)
  const webhooks = webhooksOf<WebhooksApi>(env)
  const find = finding(env)
  const index = listing(env)
  const { present } = shows(access)
  const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds))

  const own = (project: string, id: string): Promise<TaskState> => find(id, (object) => object.stored(project, id))
  const waits = {
    released: () => false,
    changed: async (id: string, until: (task: TaskState) => boolean, milliseconds: number): Promise<void> => {
      const object = taskAt(env, id)
      const task = await object.task(id)
      // Whoever follows it looks again by itself, and not at once.
      if (task === null) return sleep(Math.min(LOOK, milliseconds))
      if (!ended(task) && !until(task)) await object.changedSince(id, task.seq, milliseconds)
    },
    stirred: async (_: string, already: () => Promise<boolean>, milliseconds: number): Promise<void> => {
      for (let left = milliseconds; left > 0 && !(await already()); left -= LOOK) await sleep(Math.min(LOOK, left))
    },
  }
  const told = telling(Date.now, eventsBy(env, find), waits, own, present)
  const lists = createLists(
    {
      page: (page) =>
        filled(
          page.limit,
          (last: { id: string; created_at: number } | null, limit) =>
            index.page({ ...page, limit, after: last ?? page.after }),
          ({ id }) =>
            own(page.project, id).catch((error) => {
              if (isGone(error)) return null
              throw error
            }),
        ),
    },
    told,
    present,
  )

  const named = async (caller: Caller, operation: string): Promise<Named> => ({
    ...caller,
    taskId: await taskId(entropy, Date.now(), caller.project, operation, caller.idempotencyKey),
  })
  /**
   * What its object did not say of a call may have been paid: the same call again is one that has the same key.
   * @param once whether it is, without a key too: bought once, whoever asks how often
   */
  const paid = <Answer>(by: Named, answer: Promise<Answer>, once = false): Promise<Answer> =>
    answer.catch((error) => {
      const lost = error instanceof Unanswered
      if (error instanceof GatewayError && !lost) throw error
      const keyed = by.idempotencyKey !== null
      const next = keyed ? 'with the same key' : once ? 'as you did' : `only after a look at ${by.taskId}`
      const detail = `What became of this is not known here: ask again ${next}`
      const task = once && !keyed ? {} : { task_id: by.taskId }
      const involved = { ...task, may_have_been_charged: true, retryable: keyed || once }
      if (lost) throw new GatewayError(error.code, detail, involved, error.retryAfter)
      throw Object.assign(new GatewayError('internal_error', detail, involved), { cause: error })
    })
  const made =
    <Asked extends unknown[], Answer>(
      operation: CallOperation,
      ask: (object: ReturnType<typeof taskAt>, caller: Caller, ...asked: Asked) => Promise<Answer>,
    ) =>
    async (caller: Caller, ...asked: Asked): Promise<Answer> => {
      const by = await named(caller, operation)
      const answer = ask(taskAt(env, by.taskId, region), by, ...asked)
      return FREE_CALLS.has(operation) ? answer : paid(by, answer)
    }

  const figures = async () => {
    const regions = await limits.regions()
    // A region that can not be reached takes nothing from the others.
    const seen = regions.map((each) =>
      healthOf<HealthApi>(env, each)
        .metrics()
        .catch(() => ''),
    )
    return joined(await Promise.all([limits.metrics(), webhooks.metrics(), ...seen]))
  }
  const meter = { ...createMeter(), text: figures }

  return {
    ...lists,
    meter,
    create: async (
      operation: TaskOperation,
      caller: Caller,
      request: Request,
      subject: string | null,
      wait: number,
      cancelAfter: number | null = null,
    ) => {
      const by = await named(caller, operation)
      return paid(by, taskAt(env, by.taskId, region).create(operation, by, request, subject, wait, cancelAfter))
    },
    importTrack: made('importTrack', (object, ...asked: [Caller, Request]) => object.importTrack(...asked)),
    createPersona: made('createPersona', (object, ...asked: [Caller, Request]) => object.createPersona(...asked)),
    enhanceStyle: made('enhanceStyle', (object, ...asked: [Caller, Request]) => object.enhanceStyle(...asked)),
    checkVoice: made('checkVoice', (object, ...asked: [Caller, Request]) => object.checkVoice(...asked)),
    uploadAudio: made('uploadAudio', (object, ...asked: [Caller, Request, SentFile | null]) =>
      object.uploadAudio(...asked),
    ),
    alignLyrics: async (caller: Caller, track: string, wait: number) => {
      const by = await named(caller, 'alignLyrics')
      // The object of that id is told where it is bought, before it is (`elsewhere.ts`).
      return paid(by, taskAt(env, track).alignLyrics(by, track, wait), true)
    },

    getTask: (project, id, wait) => find(id, (object) => object.getTask(project, id, wait)),
    cancelTask: (project, id) => find(id, (object) => object.cancelTask(project, id)),
    deleteTask: (project, id) => find(id, (object) => object.deleteTask(project, id)),
    getTombstone: (project, id) => find(id, (object) => object.getTombstone(project, id)),
    listTaskEvents: (project, id) => find(id, (object) => object.listTaskEvents(project, id)),
    followTask: told.followTask,
    getMidi: (project, id) => find(id, (object) => object.getMidi(project, id)),
    getTrack: (project, id) => taskAt(env, id).getTrack(project, id),
    getTrackAudio: (project, id) => taskAt(env, id).getTrackAudio(project, id),
    getTimestampedLyrics: (project, id) => taskAt(env, id).getTimestampedLyrics(project, id),
    getVoice: (project, id) => taskAt(env, taskOfOwn(id)).getVoice(project, id),

    addressed: async (provider: string, token: string) => {
      const read = readToken(token)
      return read !== null && taskAt(env, read.task).addressed(provider, token)
    },
    ring: async (provider: string, token: string, body: unknown, header: HeaderReader = () => undefined) => {
      const read = readToken(token)
      if (read === null) return false
      const rule = access.find(({ adapter }) => adapter.id === provider)?.adapter.callbackSignature
      const names = rule === undefined ? [] : [rule.header, rule.timestampHeader]
      const headers = Object.fromEntries(names.flatMap((name) => [[name, header(name) ?? '']]))
      return taskAt(env, read.task).ring(provider, token, body, headers)
    },

    unready: async () => (await limits.unready()) ?? health.unready(),
    estimate: health.estimate,
    usageOf: async (key) => (isBootstrap(key) ? NO_USAGE : limits.usageOf(key)),
    getCredits: health.getCredits,
    listProviders: health.listProviders,
    listCapabilities: health.listCapabilities,
    getWebhookSecret: webhooks.getWebhookSecret,
    createWebhookEndpoint: webhooks.createWebhookEndpoint,
    listWebhookEndpoints: webhooks.listWebhookEndpoints,
    getWebhookEndpoint: webhooks.getWebhookEndpoint,
    updateWebhookEndpoint: webhooks.updateWebhookEndpoint,
    deleteWebhookEndpoint: webhooks.deleteWebhookEndpoint,
    rotateWebhookSecret: webhooks.rotateWebhookSecret,
    testWebhookEndpoint: webhooks.testWebhookEndpoint,
    listWebhookDeliveries: webhooks.listWebhookDeliveries,
    getWebhookDelivery: webhooks.getWebhookDelivery,
    redeliverWebhook: webhooks.redeliverWebhook,
    webhookKeys: webhooks.webhookKeys,
  }
}
