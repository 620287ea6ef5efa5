/** The process ends at any moment, and the disk refuses: what was to be told is told all the same. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  answer,
  DAY,
  MINUTE,
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

let directory: string
let world: WebhookWorld
let receiver: Receiver
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tutti-webhooks-'))
  world = openWebhookWorld({ file: join(directory, 'tutti.db') })
  receiver = await openReceiver(world.now)
})
afterEach(async () => {
  await receiver.close()
  world.close()
  rmSync(directory, { recursive: true, force: true })
})

const register = () => world.api.createWebhookEndpoint('default', { url: receiver.url })
const statuses = async () =>
  (await world.api.listWebhookDeliveries('default', { limit: 100 })).data.map(({ status }) => status)
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('what was stored and not yet sent is sent by the next process, with the secret of the endpoint', async () => {
  const { secret } = await register()
  await world.change(taskAt(1, 2), ['task.queued', 'task.submitted'])
  await world.restart()
  await world.advance(START)
  expect(receiver.heard.map((heard) => (verified(secret, heard) as { seq: number }).seq)).toEqual([1, 2])
  expect(await statuses()).toEqual(['succeeded', 'succeeded'])
})

test('what was under way is sent again: the same event, the same words', async () => {
  await register()
  receiver.behave(() => false)
  await world.change(taskAt(1, 1), ['task.queued'])
  const under = world.advance(START)
  while (receiver.heard.length === 0) await turn()
  receiver.behave(take)
  const again = world.restart()
  await Promise.race([under, again])
  await again
  await world.advance(START)
  const [first, second] = receiver.heard
  expect(second!.body).toBe(first!.body)
  expect(second!.headers['webhook-id']).toBe(first!.headers['webhook-id'])
  expect(await statuses()).toEqual(['succeeded'])
})

test('what waits for its next attempt keeps its time and its history', async () => {
  await register()
  receiver.behave(answer(503, { 'retry-after': '600' }))
  await world.change(taskAt(1, 1), ['task.queued'])
  await world.advance(START)
  await world.restart()
  receiver.behave(take)
  await world.advance(START + 10 * MINUTE - 1)
  expect(receiver.heard).toHaveLength(1)
  await world.advance(START + 10 * MINUTE)
  const [only] = (await world.api.listWebhookDeliveries('default', {})).data
  expect(only?.attempts).toMatchObject([{ status: 503 }, { status: 204 }])
})

test('a rotation, a pause and a failing endpoint are remembered', async () => {
  const { id } = await register()
  const { secret } = await world.api.rotateWebhookSecret('default', id)
  receiver.behave(answer(500))
  await world.change(taskAt(1, 1), ['task.queued'])
  await world.advance(START)
  const before = world.api.getWebhookEndpoint('default', id)
  expect(before.failing_since).not.toBeNull()
  await world.restart()
  expect(world.api.getWebhookEndpoint('default', id)).toEqual(before)
  receiver.behave(take)
  await world.advance(START + 10 * SECOND)
  verified(secret, receiver.heard.at(-1)!)
  await world.api.updateWebhookEndpoint('default', id, { status: 'disabled' })
  await world.restart()
  await world.change(taskAt(2, 1), ['task.queued'])
  expect(await statuses()).toHaveLength(1)
})

test('a secret before that was stored when there could be one is signed with to its end', async () => {
  const { id, secret: first } = await register()
  const { secret: second } = await world.api.rotateWebhookSecret('default', id)
  await world.store.commit([
    {
      sql: "UPDATE webhook_endpoints SET secrets = json_set(secrets, '$.before', json(secrets -> '$.before[0]'))",
      params: [],
    },
  ])
  await world.restart()
  expect(world.api.getWebhookEndpoint('default', id).previous_secret_until).toBe(new Date(START + DAY).toISOString())
  const { secret: third } = await world.api.rotateWebhookSecret('default', id)
  await world.change(taskAt(1, 1), ['task.queued'])
  await world.advance(START)
  for (const secret of [first, second, third]) verified(secret, receiver.heard[0]!)
})

test('a disk that refuses costs no message: it is sent again', async () => {
  await register()
  await world.change(taskAt(1, 2), ['task.queued', 'task.submitted'])
  world.refuseCommits(2)
  await world.advance(START + DAY)
  expect(await statuses()).toEqual(['succeeded', 'succeeded'])
  expect(receiver.heard.length).toBeGreaterThanOrEqual(3)
  expect(new Set(receiver.heard.map(({ body }) => body)).size).toBe(2)
})

test('a change that was not stored tells nobody; one that was, though nobody heard so, tells all', async () => {
  await register()
  const lost = taskAt(1, 1)
  world.refuseCommits(1)
  await expect(world.change(lost, ['task.queued'])).rejects.toThrow('disk full')
  await world.advance(START + MINUTE)
  expect(receiver.heard).toEqual([])
  // The commit is made and its answer is lost: nobody says that it is stored.
  const { outbox } = world.hooks
  await world.store.commit(outbox.of(taskAt(2, 1), [{ id: `evt_${'1'.repeat(27)}`, seq: 1, type: 'task.queued' }]))
  await world.advance(START + 2 * MINUTE)
  expect(receiver.heard).toHaveLength(1)
})
