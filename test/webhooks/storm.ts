/** A storm: many deliveries to receivers that fail in every way there is, and what must be true of them afterwards. */
import type { EventType } from '../../src/canonical/event-types.ts'
import type { WebhookDelivery } from '../../src/canonical/webhook.ts'
import {
  answer,
  type Behaviour,
  DAY,
  type Heard,
  HOUR,
  openReceiver,
  openWebhookWorld,
  type Receiver,
  START,
  take,
  taskAt,
  verified,
} from './world.ts'

const EVENTS: readonly EventType[] = ['task.queued', 'task.submitted', 'task.first_ready', 'task.succeeded']

/** How long an answer is waited for, in milliseconds: longer than a busy machine takes to give one. */
const PATIENCE = 300

/** Ways to fail, by what the sender makes of each. */
const FAILURES: Readonly<Record<string, Behaviour>> = {
  reset: ({ socket }) => {
    socket?.destroy()
    return false
  },
  silence: () => false,
  error: answer(500),
  throttled: answer(429, { 'retry-after': '90' }),
  redirect: answer(302, { location: 'http://127.0.0.1:9/' }),
  halfway: ({ socket }) => {
    socket?.end('HTTP/1.1 20')
    return false
  },
  nonsense: ({ socket }) => {
    socket?.end('SMTP 200\r\n\r\n')
    return false
  },
  // Its headers come, and too late.
  late: (response) => {
    setTimeout(() => response.end('late'), PATIENCE * 2.5).unref()
    return false
  },
}

/** Steady noise from 0 to 1: the same words, the same number. */
const noise = (text: string): number => {
  let hash = 2166136261
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 16777619)
  hash = Math.imul(hash ^ (hash >>> 15), 2246822507)
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32
}

export interface StormOptions {
  readonly tasks: number
  readonly receivers: number
  readonly file?: string
  /** How often a message fails. */
  readonly share?: number
  /** Retries that come due within so many milliseconds are made, and waited for, together. */
  readonly grain?: number
  /** Hears what goes on. */
  readonly say?: (line: string) => void
}

/** Receivers that are not like the others. */
const CLOSED_FOR_AN_HOUR = 0
const NEVER_OPEN = 1
const FLOODING = 2

export const storm = async (options: StormOptions) => {
  const { tasks, receivers: count, file, share = 0.3, grain = 60_000, say = () => undefined } = options
  const world = openWebhookWorld({ patience: PATIENCE, ...(file === undefined ? {} : { file }) })
  const failed: Record<string, number> = {}
  const ways = Object.keys(FAILURES)
  const failing =
    (name: number): Behaviour =>
    (response, heard) => {
      // Of every message its own: whether this attempt fails, and how.
      const attempt = `${name} ${heard.headers['webhook-id']} ${heard.headers['webhook-timestamp']}`
      if (noise(attempt) >= share) return take(response, heard)
      const way = ways[Math.floor(noise(`${attempt} way`) * ways.length)]!
      failed[way] = (failed[way] ?? 0) + 1
      return FAILURES[way]!(response, heard)
    }
  const flooding: Behaviour = (response, heard) => {
    if (noise(`${heard.headers['webhook-id']} flood`) >= share) return take(response, heard)
    response.writeHead(200)
    response.write('x'.repeat(1_000_000))
    return true
  }
  const receivers: Receiver[] = []
  const secrets = new Map<string, string>()
  for (let index = 0; index < count; index++) {
    const receiver = await openReceiver(world.now, index === FLOODING ? flooding : failing(index))
    receivers.push(receiver)
    const { id, secret } = await world.api.createWebhookEndpoint('default', { url: receiver.url })
    secrets.set(id, secret)
    secrets.set(receiver.url, secret)
  }
  await receivers[CLOSED_FOR_AN_HOUR]!.close()
  await receivers[NEVER_OPEN]!.close()

  const onJump = async (now: number) => {
    if (now > START + HOUR) await receivers[CLOSED_FOR_AN_HOUR]!.reopen()
  }
  // Changes come while deliveries are under way; each task at its own pace.
  const BATCH = 50
  for (let first = 0; first < tasks; first += BATCH) {
    const some = Array.from({ length: Math.min(BATCH, tasks - first) }, (_, index) => first + index)
    for (const [index, type] of EVENTS.entries())
      await Promise.all(
        some.map((number) => world.change(taskAt(number, index + 1, { updated_at: world.now() }), [type])),
      )
    await world.advance(world.now() + grain, onJump, grain)
    if ((first / BATCH) % 10 === 0) say(`${first + some.length} of ${tasks} tasks told of`)
  }
  await world.advance(world.now() + 10 * DAY, onJump, grain)

  const rows: WebhookDelivery[] = []
  for (let cursor: string | null = null; ; ) {
    const page = await world.api.listWebhookDeliveries('default', { limit: 100, ...(cursor ? { cursor } : {}) })
    rows.push(...page.data)
    cursor = page.next_cursor
    if (cursor === null) break
  }
  return {
    world,
    receivers,
    rows,
    failed,
    secretOf: (name: string) => secrets.get(name)!,
    expected: tasks * EVENTS.length * count,
    neverOpen: receivers[NEVER_OPEN]!,
    close: async () => {
      await Promise.all(receivers.map(({ close }) => close()))
      world.close()
    },
  }
}
export type Storm = Awaited<ReturnType<typeof storm>>

const grouped = <Value>(values: readonly Value[], name: (value: Value) => string): Map<string, Value[]> =>
  Map.groupBy(values, name)

/** Everything that is wrong with what happened; nothing where all is well. */
export const faultsOf = ({ rows, receivers, expected, secretOf, neverOpen }: Storm): string[] => {
  const faults: string[] = []
  const say = (fault: string) => faults.push(fault)

  if (rows.length !== expected) say(`${rows.length} deliveries of ${expected}`)
  for (const { id, status, attempts, next_attempt_at, url, ended } of rows) {
    if (status !== 'succeeded' && status !== 'dead') say(`${id} is still ${status}`)
    if (next_attempt_at !== null) say(`${id} has an attempt to come`)
    if (status === 'succeeded' && attempts.at(-1)?.error !== null) say(`${id} succeeded without a success`)
    if (status === 'dead' && ended === null) say(`${id} is dead without a reason`)
    if (status === 'dead' && ended === 'attempts_exhausted' && attempts.length !== 10)
      say(`${id} was given up after ${attempts.length} attempts`)
    if (url === neverOpen.url && status === 'succeeded') say(`${id} got through to nobody`)
  }

  const bodies = new Map<string, string>()
  for (const receiver of receivers) {
    const taken = new Set<string>()
    for (const heard of receiver.heard) {
      const id = heard.headers['webhook-id'] as string
      try {
        verified(secretOf(receiver.url), heard)
      } catch (error) {
        say(`${id} is not signed right: ${(error as Error).message}`)
      }
      if ((bodies.get(id) ?? heard.body) !== heard.body) say(`${id} has two contents`)
      bodies.set(id, heard.body)
      if (heard.taken) taken.add(id)
    }
    // What the log calls a success was taken, and the other way round, unless the answer was lost on its way.
    for (const { event_id, url, status, attempts } of rows) {
      if (url !== receiver.url || (status === 'succeeded') === taken.has(event_id)) continue
      const lost = attempts.some(({ error }) => error === 'timeout' || error === 'reset')
      if (status === 'succeeded' || !lost)
        say(`${event_id} is ${status} and was ${taken.has(event_id) ? '' : 'not '}taken`)
    }
    const tasksHeard = grouped<Heard>(receiver.heard, ({ body }) => JSON.parse(body).data.task.id)
    for (const [task, heard] of tasksHeard) {
      const seqs = heard.map(({ body }) => JSON.parse(body).seq as number)
      if (seqs.some((seq, index) => index > 0 && seq < seqs[index - 1]!)) say(`${task} came out of order: ${seqs}`)
    }
  }
  return faults
}
