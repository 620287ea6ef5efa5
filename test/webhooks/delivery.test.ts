/** Deliveries one by one: what is sent, what counts as taken, what is tried again and when, and what ends it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { undiciOutside } from '../../src/platform/node/outside.ts'
import {
  answer,
  type Behaviour,
  DAY,
  HOUR,
  openReceiver,
  openWebhookWorld,
  type Receiver,
  SECOND,
  START,
  take,
  taskAt,
  verified,
  type WebhookWorld,
} from './world.ts'

let world: WebhookWorld
let receiver: Receiver
beforeEach(async () => {
  world = openWebhookWorld()
  receiver = await openReceiver(world.now)
})
afterEach(async () => {
  await receiver.close()
  world.close()
})

const register = (more: Record<string, unknown> = {}) =>
  world.api.createWebhookEndpoint('default', { url: receiver.url, ...more })
const deliveries = async (query: Record<string, unknown> = {}) =>
  (await world.api.listWebhookDeliveries('default', { limit: 100, ...query })).data
const only = async () => {
  const [one, ...others] = await deliveries()
  expect(others).toEqual([])
  return one!
}

describe('a message', () => {
  test('is the event as it is stored, signed by the secret of the endpoint', async () => {
    const { id, secret } = await register()
    const task = taskAt(1, 1)
    await world.change(task, ['task.queued'])
    await world.advance(START)
    const [heard] = receiver.heard
    expect(heard!.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'Tutti/test',
      'webhook-timestamp': String(START / SECOND),
    })
    const told = verified(secret, heard!)
    expect(told).toEqual({
      id: heard!.headers['webhook-id'],
      object: 'event',
      type: 'task.queued',
      seq: 1,
      timestamp: new Date(START).toISOString(),
      data: { task: JSON.parse(JSON.stringify(task)) },
    })
    expect(await only()).toMatchObject({
      endpoint_id: id,
      task_id: task.id,
      event_id: heard!.headers['webhook-id'],
      event_type: 'task.queued',
      seq: 1,
      status: 'succeeded',
      next_attempt_at: null,
      attempts: [{ at: new Date(START).toISOString(), status: 204, error: null, duration_ms: expect.any(Number) }],
    })
    const whole = await world.api.getWebhookDelivery('default', (await only()).id)
    expect(whole.payload).toBe(heard!.body)
  })

  test('to the URL of a request is signed by the secret of the key that sent it', async () => {
    const { secret } = await world.api.getWebhookSecret('some key')
    const other = await world.api.getWebhookSecret('other key')
    await world.change(taskAt(1, 1, { request: { webhook: { url: receiver.url } }, signer: 'some key' }), [
      'task.queued',
    ])
    await world.advance(START)
    const [heard] = receiver.heard
    expect(verified(secret, heard!)).toMatchObject({ type: 'task.queued' })
    expect(() => verified(other.secret, heard!)).toThrow()
    expect((await only()).endpoint_id).toBeNull()
  })

  test('goes only to whom it is meant for', async () => {
    await register({ events: ['task.succeeded'] })
    const task = taskAt(1, 3, { request: { webhook: { url: `${receiver.url}/own`, events: ['track.ready'] } } })
    await world.change(task, ['task.first_ready', 'track.ready', 'task.succeeded'])
    await world.change(taskAt(2, 1, { project: 'other' }), ['task.succeeded'])
    await world.advance(START)
    expect(receiver.heard.map(({ path, body }) => [path, JSON.parse(body).type]).sort()).toEqual([
      ['/hook', 'task.succeeded'],
      ['/hook/own', 'track.ready'],
    ])
  })

  test('of more than 20 kB names the task instead of holding it', async () => {
    await register()
    await world.change(taskAt(1, 1, { words: 'é'.repeat(10_000) }), ['task.queued'])
    await world.advance(START)
    const { data } = JSON.parse(receiver.heard[0]!.body)
    expect(data.task).toMatchObject({ id: taskAt(1, 1).id, object: 'task_reference', seq: 1 })
    expect(data.task.words).toBeUndefined()
  })

  test('is nobody written to and nothing stored of where nobody asked', async () => {
    await world.change(taskAt(1, 1), ['task.queued'])
    expect(world.hooks.outbox.of(taskAt(1, 1), [])).toEqual([])
    await world.advance(START)
    expect(await world.store.read('SELECT 1 FROM webhook_payloads', [])).toEqual([])
  })
})

describe('an answer', () => {
  test.each([200, 201, 204, 299])('%i takes it', async (status) => {
    receiver.behave(answer(status))
    await register()
    await world.change(taskAt(1, 1), ['task.queued'])
    await world.advance(START + 5 * DAY)
    expect(receiver.heard).toHaveLength(1)
    expect((await only()).status).toBe('succeeded')
  })

  test.each([
    [301, 'redirect'],
    [302, 'redirect'],
    [307, 'redirect'],
    [400, 'status'],
    [404, 'status'],
    [429, 'status'],
    [500, 'status'],
    [503, 'status'],
  ])('%i does not, and nobody follows it', async (status, error) => {
    const elsewhere = await openReceiver(world.now)
    receiver.behave(answer(status, { location: elsewhere.url }))
    const { secret } = await register()
    await world.change(taskAt(1, 1), ['task.queued'])
    await world.advance(START + 5 * DAY)
    expect(elsewhere.connections()).toBe(0)
    await elsewhere.close()
    expect(receiver.heard).toHaveLength(10)
    for (const heard of receiver.heard) verified(secret, heard)
    expect(new Set(receiver.heard.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(new Set(receiver.heard.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(10)
    const given = await only()
    expect(given).toMatchObject({ status: 'dead', ended: 'attempts_exhausted', next_attempt_at: null })
    expect(given.attempts.map((each) => [each.status, each.error])).toEqual(Array(10).fill([status, error]))
    const hours = (receiver.heard.at(-1)!.at - START) / HOUR
    expect(hours).toBeGreaterThan(75.58 * 0.8)
    expect(hours).toBeLessThan(75.58 * 1.2)
  })

  test('may say when to come back', async () => {
    receiver.behave(answer(429, { 'retry-after': '3600' }))
    await register()
    await world.change(taskAt(1, 1), ['task.queued'])
    await world.advance(START)
    expect(await only()).toMatchObject({ status: 'failed', next_attempt_at: new Date(START + HOUR).toISOString() })
    receiver.behave(take)
    await world.advance(START + HOUR - 1)
    expect(receiver.heard).toHaveLength(1)
    await world.advance(START + HOUR)
    expect((await only()).attempts).toHaveLength(2)
    expect((await only()).status).toBe('succeeded')
  })

  test('counts by its status alone: endless and slow bodies are not waited for', async () => {
    receiver.behave((response) => {
      response.writeHead(200)
      const drip = setInterval(() => response.write('x'.repeat(65_536)), 5)
      response.on('close', () => clearInterval(drip))
      return true
    })
    await register()
    await world.change(taskAt(1, 1), ['task.queued'])
    await world.advance(START)
    expect((await only()).status).toBe('succeeded')
  })

  const breakOff: Behaviour = ({ socket }) => {
    socket?.destroy()
    return false
  }
  const talkNonsense: Behaviour = ({ socket }) => {
    socket?.end('nonsense\r\n\r\n')
    return false
  }
  test.each([
    ['that never comes', 'timeout', () => false],
    ['that breaks off', 'reset', breakOff],
    ['that is no HTTP', 'protocol', talkNonsense],
  ] as const)('%s is a failure', async (_, error, behave) => {
    receiver.behave(behave)
    await register()
    await world.change(taskAt(1, 1), ['task.queued'])
    await world.advance(START)
    expect((await only()).attempts).toMatchObject([{ status: null, error }])
  })

  test('is none where nobody listens, and comes once somebody does', async () => {
    await receiver.close()
    await register()
    await world.change(taskAt(1, 1), ['task.queued'])
    await world.advance(START + SECOND)
    expect((await only()).attempts).toMatchObject([{ status: null, error: 'refused' }])
    await receiver.reopen()
    await world.advance(START + 10 * SECOND)
    expect(await only()).toMatchObject({ status: 'succeeded' })
  })
})

describe('the order of a task', () => {
  test('is kept: the next waits until the one before was taken, or given up', async () => {
    receiver.behave(answer(500))
    await register()
    await world.change(taskAt(1, 2), ['task.queued', 'task.submitted'])
    await world.change(taskAt(1, 3), ['task.succeeded'])
    await world.change(taskAt(2, 1), ['task.queued'])
    await world.advance(START + SECOND)
    const seqs = () => receiver.heard.map(({ body }) => [JSON.parse(body).data.task.id, JSON.parse(body).seq])
    const [one, two] = [taskAt(1, 1).id, taskAt(2, 1).id]
    expect(seqs().sort()).toEqual([
      [one, 1],
      [two, 1],
    ])
    receiver.behave(take)
    await world.advance(START + 10 * SECOND)
    expect(receiver.heard.filter(({ taken }) => taken).map(({ body }) => JSON.parse(body).seq)).toEqual(
      expect.arrayContaining([1, 2, 3]),
    )
    expect(seqs().filter(([id]) => id === one)).toEqual([1, 1, 2, 3].map((seq) => [one, seq]))
    expect((await deliveries()).map(({ status }) => status)).toEqual(Array(4).fill('succeeded'))
  })

  test('is not held up by what was given up', async () => {
    receiver.behave((response, { body }) => answer(JSON.parse(body).seq === 1 ? 500 : 200)(response, {} as never))
    await register()
    await world.change(taskAt(1, 2), ['task.queued', 'task.submitted'])
    await world.advance(START + 5 * DAY)
    expect((await deliveries()).map(({ seq, status }) => [seq, status])).toEqual([
      [2, 'succeeded'],
      [1, 'dead'],
    ])
  })

  test('binds no other endpoint', async () => {
    const other = await openReceiver(world.now)
    receiver.behave(answer(500))
    await register()
    await world.api.createWebhookEndpoint('default', { url: other.url })
    await world.change(taskAt(1, 2), ['task.queued', 'task.submitted'])
    await world.advance(START)
    expect(other.heard.map(({ body }) => JSON.parse(body).seq)).toEqual([1, 2])
    expect(receiver.heard).toHaveLength(1)
    await other.close()
  })
})

test('no more are under way than the platform has places for, at a host and in all', async () => {
  const few = openWebhookWorld({ outside: { ...undiciOutside({ localUrls: true }), places: [3, 2] }, patience: 10_000 })
  const held: (() => void)[] = []
  const hold: Behaviour = (response) => {
    held.push(() => response.writeHead(204).end())
    return true
  }
  const other = await openReceiver(few.now, hold)
  receiver.behave(hold)
  for (const { url } of [receiver, other]) await few.api.createWebhookEndpoint('default', { url })
  for (let task = 1; task <= 4; task++) await few.change(taskAt(task, 1), ['task.queued'])
  void few.hooks.dispatcher.wake()
  for (let heard = 0; heard < 8; heard += 3) {
    await expect.poll(() => held.length).toBe(Math.min(3, 8 - heard))
    expect(Math.max(receiver.heard.length, other.heard.length)).toBeLessThanOrEqual(Math.min(2 + heard, 4))
    for (const answer of held.splice(0)) answer()
  }
  await few.settle()
  expect([receiver.heard.length, other.heard.length]).toEqual([4, 4])
  await other.close()
  few.close()
})

test('a retry is not forgotten while what its failure says of the endpoint is being stored', async () => {
  const { id } = await register()
  const failing = await world.api.testWebhookEndpoint('default', id)
  await world.api.testWebhookEndpoint('default', id)
  receiver.behave((response, heard) => {
    if (heard.body.includes(failing.event_id)) return answer(500)(response, heard)
    setTimeout(() => response.writeHead(204).end(), 30)
    return true
  })
  const release = world.holdCommits(/INTO webhook_endpoints/)
  const under = world.advance(START)
  // The other delivery ends first, and its host is looked at again.
  while ((await deliveries({ status: 'succeeded' })).length === 0)
    await new Promise((resolve) => setTimeout(resolve, 5))
  await new Promise((resolve) => setTimeout(resolve, 5))
  release()
  await under
  receiver.behave(take)
  await world.advance(START + 10 * SECOND)
  expect((await deliveries()).map(({ status }) => status)).toEqual(['succeeded', 'succeeded'])
})

describe('an endpoint', () => {
  test('that answers 410 is disabled at once, with what it was still to be told', async () => {
    receiver.behave(answer(410))
    const { id } = await register()
    await world.change(taskAt(1, 2), ['task.queued', 'task.submitted'])
    await world.advance(START + DAY)
    expect(receiver.heard).toHaveLength(1)
    expect(world.api.getWebhookEndpoint('default', id)).toMatchObject({
      status: 'disabled',
      disabled: { code: 'gone' },
    })
    expect((await deliveries()).map(({ status, ended }) => [status, ended])).toEqual([
      ['dead', 'endpoint_disabled'],
      ['dead', 'gone'],
    ])
    await world.change(taskAt(2, 1), ['task.queued'])
    expect(await deliveries()).toHaveLength(2)
  })

  test('named by a request that answers 410 hears no more of that task', async () => {
    receiver.behave(answer(410))
    await world.change(taskAt(1, 2, { request: { webhook: { url: receiver.url } } }), ['task.queued', 'task.submitted'])
    await world.advance(START + DAY)
    expect(receiver.heard).toHaveLength(1)
    expect((await deliveries()).map(({ status }) => status)).toEqual(['dead', 'dead'])
  })

  test('that nothing gets through to for five days is disabled, and says why', async () => {
    receiver.behave(answer(500))
    const { id } = await register()
    // A message that was told first on the third day, or later, is given up after five.
    for (let day = 0; day < 7; day++) {
      await world.change(taskAt(day, 1), ['task.queued'])
      await world.advance(START + (day + 1) * DAY)
    }
    expect(world.api.getWebhookEndpoint('default', id)).toMatchObject({
      status: 'disabled',
      disabled: { code: 'failing', detail: expect.stringContaining('five days') },
      failing_since: new Date(START).toISOString(),
    })
    const before = receiver.heard.length
    await world.advance(START + 20 * DAY)
    expect(receiver.heard).toHaveLength(before)
    expect(new Set((await deliveries()).map(({ status }) => status))).toEqual(new Set(['dead']))
    expect(world.logged.join()).toContain('webhook.endpoint_disabled')
  })

  /** It was down with nothing to tell it of for weeks: of the one message before, nothing got through. */
  const quiet = async () => {
    receiver.behave(answer(503))
    const { id } = await register()
    await world.change(taskAt(1, 1), ['task.queued'])
    await world.advance(START + 20 * DAY)
    expect(await only()).toMatchObject({ status: 'dead', ended: 'attempts_exhausted' })
    const failing_since = new Date(START).toISOString()
    expect(world.api.getWebhookEndpoint('default', id)).toMatchObject({ status: 'enabled', failing_since })
    const task = taskAt(2, 1, { updated_at: world.now() })
    await world.change(task, ['task.queued'])
    return { id, told: async () => (await deliveries({ task_id: task.id }))[0]! }
  }

  test('that is seldom told of anything is not disabled for a hiccup', async () => {
    const { id, told } = await quiet()
    await world.advance(world.now() + HOUR)
    expect((await told()).attempts).toHaveLength(4)
    receiver.behave(take)
    await world.advance(world.now() + DAY)
    expect(await told()).toMatchObject({ status: 'succeeded' })
    expect(world.api.getWebhookEndpoint('default', id)).toMatchObject({ status: 'enabled', failing_since: null })
  })

  test('that is seldom told of anything and stays down gets its ten attempts, and is disabled then', async () => {
    const { id, told } = await quiet()
    await world.advance(world.now() + 5 * DAY)
    expect(await told()).toMatchObject({ status: 'dead', ended: 'attempts_exhausted' })
    expect((await told()).attempts).toHaveLength(10)
    expect(world.api.getWebhookEndpoint('default', id)).toMatchObject({
      status: 'disabled',
      disabled: { code: 'failing', at: (await told()).attempts[9]!.at },
    })
  })

  test('that was reached in the moment in which a message was given up is not disabled for that', async () => {
    world.close()
    // The last attempt is answered when it suits us.
    world = openWebhookWorld({ patience: 15 * SECOND })
    const { id } = await register()
    receiver.behave(answer(500, { 'retry-after': '86400' }))
    const failing = await world.api.testWebhookEndpoint('default', id)
    const heard = () => receiver.heard.filter(({ body }) => body.includes(failing.event_id)).length
    const soon = () => new Promise((resolve) => setTimeout(resolve, 5))
    await world.advance(START + 8 * DAY)
    expect(heard()).toBe(9)
    let say = () => {}
    receiver.behave((response, each) => {
      if (!each.body.includes(failing.event_id)) return take(response, each)
      say = () => void answer(500)(response, each)
      return false
    })
    const end = world.advance(START + 10 * DAY)
    while (heard() < 10) await soon()
    const release = world.holdCommits(/INTO webhook_endpoints/)
    await world.api.testWebhookEndpoint('default', id)
    await world.hooks.dispatcher.wake()
    while ((await deliveries({ status: 'succeeded' })).length === 0) await soon()
    say()
    while ((await deliveries({ status: 'dead' })).length === 0) await soon()
    await soon()
    release()
    await end
    expect(await deliveries({ status: 'dead' })).toMatchObject([{ id: failing.id, ended: 'attempts_exhausted' }])
    expect(world.api.getWebhookEndpoint('default', id).status).toBe('enabled')
  })

  test('that fails now and then is not', async () => {
    const { id } = await register()
    for (let day = 0; day < 12; day++) {
      receiver.behave(answer(day % 3 === 0 ? 200 : 500))
      await world.change(taskAt(day, 1), ['task.queued'])
      await world.advance(START + (day + 1) * DAY)
    }
    expect(world.api.getWebhookEndpoint('default', id).status).toBe('enabled')
  })

  test('can be disabled and enabled by hand; what was given up is sent again by hand', async () => {
    receiver.behave(answer(500))
    const { id, secret } = await register()
    await world.change(taskAt(1, 1), ['task.queued'])
    await world.advance(START)
    await world.api.updateWebhookEndpoint('default', id, { status: 'disabled' })
    const [given] = await deliveries()
    expect(given).toMatchObject({ status: 'dead', ended: 'endpoint_disabled' })
    const disabled = { code: 'webhook_endpoint_disabled' }
    await expect(world.api.redeliverWebhook('default', given!.id)).rejects.toMatchObject(disabled)
    await expect(world.api.testWebhookEndpoint('default', id)).rejects.toMatchObject(disabled)
    const enabled = await world.api.updateWebhookEndpoint('default', id, { status: 'enabled' })
    expect(enabled).toMatchObject({ status: 'enabled', disabled: null, failing_since: null })
    receiver.behave(take)
    const again = await world.api.redeliverWebhook('default', given!.id)
    expect(again).toMatchObject({ status: 'pending', redelivery_of: given!.id, event_id: given!.event_id })
    await world.advance(START)
    const [first, second] = receiver.heard
    expect(second!.body).toBe(first!.body)
    expect(second!.headers['webhook-id']).toBe(first!.headers['webhook-id'])
    verified(secret, second!)
    expect((await deliveries({ status: 'succeeded' })).map((each) => each.id)).toEqual([again.id])
  })

  test('that moves is told at its new place, with what it was still to be told', async () => {
    const elsewhere = await openReceiver(world.now)
    receiver.behave(answer(500))
    const { id } = await register()
    await world.change(taskAt(1, 1), ['task.queued'])
    await world.advance(START)
    await world.api.updateWebhookEndpoint('default', id, { url: elsewhere.url })
    await world.advance(START + 10 * SECOND)
    expect(elsewhere.heard).toHaveLength(1)
    expect(await only()).toMatchObject({ status: 'succeeded', url: elsewhere.url })
    await elsewhere.close()
  })

  test('that is deleted is told nothing more, and its log stays', async () => {
    receiver.behave(answer(500))
    const { id } = await register()
    await world.change(taskAt(1, 1), ['task.queued'])
    await world.advance(START)
    await world.api.deleteWebhookEndpoint('default', id)
    await world.advance(START + DAY)
    expect(receiver.heard).toHaveLength(1)
    expect(await only()).toMatchObject({ endpoint_id: id, status: 'dead', ended: 'endpoint_deleted' })
    expect(() => world.api.getWebhookEndpoint('default', id)).toThrow('There is no endpoint')
    await expect(world.api.redeliverWebhook('default', (await only()).id)).rejects.toThrow('was deleted')
  })

  test('is tried out whatever it wants to be told of', async () => {
    const { id, secret } = await register({ events: ['task.failed'] })
    const sent = await world.api.testWebhookEndpoint('default', id)
    expect(sent).toMatchObject({ event_type: 'webhook.test', status: 'pending', task_id: null, seq: null })
    await world.advance(START)
    expect(verified(secret, receiver.heard[0]!)).toEqual({
      id: sent.event_id,
      object: 'event',
      type: 'webhook.test',
      timestamp: new Date(START).toISOString(),
      data: { endpoint_id: id },
    })
  })

  test('whose secret is changed is signed for with both for a day', async () => {
    const { id, secret: old, key_id } = await register()
    const { secret, previous_secret_until } = await world.api.rotateWebhookSecret('default', id)
    expect(previous_secret_until).toBe(new Date(START + DAY).toISOString())
    expect(world.api.webhookKeys().keys.map(({ kid }) => kid)).toContain(key_id)
    const tell = async (number: number, at: number) => {
      await world.advance(at)
      await world.change(taskAt(number, 1), ['task.queued'])
      await world.advance(at)
      return receiver.heard.at(-1)!
    }
    const during = await tell(1, START + DAY - SECOND)
    expect(verified(old, during)).toEqual(verified(secret, during))
    expect(during.headers['webhook-signature']).toMatch(/^v1,\S+ v1,\S+ v1a,\S+ v1a,\S+$/)
    const after = await tell(2, START + DAY)
    verified(secret, after)
    expect(() => verified(old, after)).toThrow()
    expect(world.api.webhookKeys().keys.map(({ kid }) => kid)).toEqual([
      world.api.getWebhookEndpoint('default', id).key_id,
    ])
    expect(world.api.getWebhookEndpoint('default', id).previous_secret_until).toBeNull()
  })

  test('whose secret is changed again is signed for with each of those before for its day', async () => {
    const { id, secret: first } = await register()
    const { secret: second, previous_secret_until } = await world.api.rotateWebhookSecret('default', id)
    await world.advance(START + HOUR)
    const { secret: third, previous_secret_until: until } = await world.api.rotateWebhookSecret('default', id)
    expect([previous_secret_until, until]).toEqual(
      [START + DAY, START + DAY + HOUR].map((at) => new Date(at).toISOString()),
    )
    const heardAt = async (number: number, at: number) => {
      await world.advance(at)
      await world.change(taskAt(number, 1), ['task.queued'])
      await world.advance(at)
      const heard = receiver.heard.at(-1)!
      const right = (secret: string) => {
        try {
          return verified(secret, heard) !== null
        } catch {
          return false
        }
      }
      return [[first, second, third].map(right), world.api.webhookKeys().keys.length]
    }
    expect(await heardAt(1, START + DAY - SECOND)).toEqual([[true, true, true], 3])
    expect(await heardAt(2, START + DAY)).toEqual([[false, true, true], 2])
    await world.api.updateWebhookEndpoint('default', id, { description: 'what is over is kept nowhere' })
    const [row] = await world.store.read('SELECT secrets FROM webhook_endpoints', [])
    expect([first, second, third].map((secret) => String(row!.secrets).includes(secret))).toEqual([false, true, true])
    expect(await heardAt(3, START + DAY + HOUR)).toEqual([[false, false, true], 1])
  })

  test('has its secret changed five times in a day at most: none is good for less than it was promised', async () => {
    const { id } = await register()
    const kids: string[] = [world.api.getWebhookEndpoint('default', id).key_id]
    for (let count = 0; count < 5; count++) {
      kids.push((await world.api.rotateWebhookSecret('default', id)).key_id)
      await world.advance(world.now() + HOUR)
    }
    const retryAfter = (DAY - 5 * HOUR) / SECOND
    const refused = world.api.rotateWebhookSecret('default', id)
    await expect(refused).rejects.toMatchObject({ code: 'rate_limited', retryAfter })
    expect(world.api.webhookKeys().keys.map(({ kid }) => kid)).toEqual(kids.toReversed())
    await world.advance(START + DAY)
    kids.push((await world.api.rotateWebhookSecret('default', id)).key_id)
    expect(world.api.webhookKeys().keys.map(({ kid }) => kid)).toEqual(kids.slice(1).toReversed())
  })

  test('is one of fifty at most', async () => {
    for (let count = 0; count < 50; count++) await register()
    await expect(register()).rejects.toMatchObject({ code: 'validation_failed' })
    await world.api.createWebhookEndpoint('other', { url: receiver.url })
    const { id } = world.api.listWebhookEndpoints('default').data[0]!
    await world.api.deleteWebhookEndpoint('default', id)
    await register()
  })

  test('of another project is nobody', async () => {
    const { id } = await register()
    await world.change(taskAt(1, 1), ['task.queued'])
    await world.advance(START)
    const { id: delivery } = await only()
    expect(world.api.listWebhookEndpoints('other')).toEqual({ data: [] })
    expect((await world.api.listWebhookDeliveries('other', {})).data).toEqual([])
    expect(() => world.api.getWebhookEndpoint('other', id)).toThrow('There is no')
    for (const attempt of [
      world.api.updateWebhookEndpoint('other', id, { status: 'disabled' }),
      world.api.deleteWebhookEndpoint('other', id),
      world.api.rotateWebhookSecret('other', id),
      world.api.testWebhookEndpoint('other', id),
      world.api.getWebhookDelivery('other', delivery),
      world.api.redeliverWebhook('other', delivery),
    ])
      await expect(attempt).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('an endpoint that moves while its old place is being told', () => {
  let elsewhere: Receiver
  /** What the old place was asked last is answered so. */
  let say: (status: number) => void
  beforeEach(async () => {
    world.close()
    // The old place is waited for, however long this takes.
    world = openWebhookWorld({ patience: 15 * SECOND })
    receiver.behave((response, heard) => {
      say = (status) => answer(status)(response, heard)
      return false
    })
    elsewhere = await openReceiver(world.now)
  })
  afterEach(() => elsewhere.close())

  const pause = () => new Promise((resolve) => setTimeout(resolve, 20))
  const move = (id: string, url = elsewhere.url) => world.api.updateWebhookEndpoint('default', id, { url })
  const endpoint = (id: string) => world.api.getWebhookEndpoint('default', id)

  /** Begins to tell the old place; what is answered resolves once that has come to its end. */
  const tell = async (number: number): Promise<{ readonly end: Promise<void> }> => {
    const before = receiver.heard.length
    await world.change(taskAt(number, 1), ['task.queued'])
    const end = world.advance(world.now())
    while (receiver.heard.length === before) await pause()
    return { end }
  }

  const expectTold = async (id: string, status: number) => {
    expect(endpoint(id)).toMatchObject({ url: elsewhere.url, status: 'enabled', disabled: null, failing_since: null })
    expect(world.logged.join()).not.toContain('endpoint_disabled')
    await world.advance(world.now() + 10 * SECOND)
    expect(elsewhere.heard).toHaveLength(1)
    const attempts = [{ status }, { status: 204 }]
    expect(await deliveries()).toMatchObject([{ status: 'succeeded', url: elsewhere.url, attempts }])
  }

  test.each([410, 500])('%i there is held against nobody, and the new one is told', async (status) => {
    const { id } = await register()
    const { end } = await tell(1)
    await move(id)
    say(status)
    await end
    await expectTold(id, status)
  })

  test('neither is a 410 that comes while the move is being stored', async () => {
    const { id } = await register()
    const { end } = await tell(1)
    const release = world.holdCommits(/INTO webhook_endpoints/)
    const moved = move(id)
    await pause()
    say(410)
    await pause()
    expect(endpoint(id).url).toBe(receiver.url)
    release()
    await Promise.all([moved, end])
    await expectTold(id, 410)
  })

  test('how long the old place has failed is forgotten', async () => {
    const { id } = await register()
    const first = await tell(1)
    say(500)
    await first.end
    expect(endpoint(id).failing_since).toBe(new Date(START).toISOString())
    const second = await tell(2)
    expect((await move(id, `${elsewhere.url}?moved`)).failing_since).toBeNull()
    elsewhere.behave(answer(500))
    say(500)
    await second.end
    await world.advance(START + DAY)
    const since = endpoint(id).failing_since
    expect(since).not.toBeNull()
    expect(Date.parse(since!)).toBeGreaterThan(START)
  })

  test('a 410 of a place that is still its own disables it, though it was described anew', async () => {
    const { id } = await register()
    const { end } = await tell(1)
    await world.api.updateWebhookEndpoint('default', id, { url: receiver.url, description: 'mine' })
    say(410)
    await end
    expect(endpoint(id)).toMatchObject({ status: 'disabled', disabled: { code: 'gone' }, description: 'mine' })
    expect(await deliveries()).toMatchObject([{ status: 'dead', ended: 'gone', attempts: [{ status: 410 }] }])
  })
})

describe('the log', () => {
  test('is paged, newest first, and filtered', async () => {
    const { id } = await register()
    for (let number = 0; number < 7; number++) await world.change(taskAt(number, 1), ['task.queued'])
    await world.change(taskAt(9, 1, { request: { webhook: { url: receiver.url } } }), ['task.queued'])
    await world.advance(START)
    const seen: string[] = []
    for (let cursor: string | null = null; ; ) {
      const page = await world.api.listWebhookDeliveries('default', { limit: 3, ...(cursor ? { cursor } : {}) })
      seen.push(...page.data.map((each) => each.task_id!))
      cursor = page.next_cursor
      expect(page.has_more).toBe(cursor !== null)
      if (cursor === null) break
    }
    expect(seen).toHaveLength(9)
    expect(seen.slice(2)).toEqual([6, 5, 4, 3, 2, 1, 0].map((number) => taskAt(number, 1).id))
    expect(await deliveries({ endpoint_id: id })).toHaveLength(8)
    expect(await deliveries({ task_id: taskAt(9, 1).id })).toHaveLength(2)
    expect(await deliveries({ status: 'dead' })).toEqual([])
    const wrong = world.api.listWebhookDeliveries('default', { cursor: 'nonsense' })
    await expect(wrong).rejects.toMatchObject({ code: 'validation_failed' })
  })

  test('shows no secret, and neither does what is logged', async () => {
    const { id, secret } = await register()
    await world.change(taskAt(1, 1), ['task.queued'])
    await world.advance(START)
    const [row] = await world.store.read('SELECT secrets FROM webhook_endpoints', [])
    const { pair } = JSON.parse(row!.secrets as string)
    const said = JSON.stringify([
      world.api.getWebhookEndpoint('default', id),
      world.api.listWebhookEndpoints('default'),
      await world.api.updateWebhookEndpoint('default', id, { description: 'mine' }),
      await world.api.getWebhookDelivery('default', (await only()).id),
      world.api.webhookKeys(),
      world.logged,
    ])
    for (const hidden of [secret, secret.slice(6), pair.d]) expect(said).not.toContain(hidden)
    expect(world.logged.join()).not.toContain(receiver.url)
  })

  test('is forgotten after a month', async () => {
    await register()
    await world.change(taskAt(1, 1), ['task.queued'])
    await world.advance(START)
    await world.advance(START + 29 * DAY)
    await world.change(taskAt(2, 1, { updated_at: START + 29 * DAY }), ['task.queued'])
    await world.advance(START + 29 * DAY)
    expect(await deliveries()).toHaveLength(2)
    await world.advance(START + 31 * DAY)
    await world.change(taskAt(3, 1, { updated_at: START + 31 * DAY }), ['task.queued'])
    await world.advance(START + 31 * DAY)
    expect((await deliveries()).map(({ task_id }) => task_id)).toEqual([taskAt(3, 1).id, taskAt(2, 1).id])
  })

  test('can not be sent from again once the text is forgotten, and nobody says that its task was deleted', async () => {
    await register()
    await world.change(taskAt(1, 1), ['task.queued'])
    await world.advance(START)
    let { id } = await only()
    for (const day of [29, 58]) {
      await world.advance(START + day * DAY)
      id = (await world.api.redeliverWebhook('default', id)).id
    }
    await world.advance(START + 61 * DAY)
    const refused = world.api.redeliverWebhook('default', id)
    await expect(refused).rejects.toMatchObject({ code: 'not_found', message: expect.stringContaining('60 days') })
    expect(await only()).toMatchObject({ id, status: 'succeeded' })
  })
})
