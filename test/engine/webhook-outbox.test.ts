/** What webhooks tell is what was stored: whichever commit fails, is doubted or is the last of its process. */
import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import type { Message, Outside } from '../../src/engine/ports.ts'
import { DAY, MINUTE, openWorld, record, SONG, type TestWorld } from './world.ts'

const URL_OF_REQUEST = 'https://hooks.example.com/request'
const URL_OF_ENDPOINT = 'https://hooks.example.com/endpoint'

/** Somebody who takes everything, and remembers it. */
const listener = () => {
  const heard: Message[] = []
  const outside: Outside = {
    resolve: async () => [],
    post: async (message) => {
      heard.push(message)
      return { kind: 'answered', status: 204, retryAfter: null, durationMs: 1 }
    },
  }
  return { heard, outside }
}

/** Signing takes real time, which the clock of this world knows nothing of: what is under way is waited for. */
const delivered = async (world: TestWorld) => {
  const left = () => world.rows("SELECT 1 FROM webhook_deliveries WHERE status <> 'succeeded'").length
  for (let round = 0; round < 100 && left() > 0; round++) {
    await world.engine.quiet()
    await world.advance(MINUTE)
  }
  expect(left()).toBe(0)
}

const eventsOf = (world: TestWorld) =>
  world.rows('SELECT task, seq FROM events ORDER BY task, seq').map(({ task, seq }) => `${task} ${seq}`)
const toldAt = (heard: readonly Message[], url: string) => {
  const told = heard.filter((each) => each.url === url).map(({ body, headers }) => ({ ...JSON.parse(body), headers }))
  return [...new Set(told.map(({ seq, data }) => `${data.task.id} ${seq}`))].sort()
}

describe('what is told', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('is what is stored, with faults of seed %i', async (seed) => {
    let state = seed * 2654435761
    const chance = (share: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return state / 2 ** 32 < share
    }
    const { heard, outside } = listener()
    const world = openWorld({ outside })
    const caller = { project: 'default', idempotencyKey: null }
    await world.engine.createWebhookEndpoint('default', { url: URL_OF_ENDPOINT })
    for (let count = 0; count < 15; count++) {
      if (chance(0.3)) world.refuseCommits(1)
      if (chance(0.3)) world.doubtCommits(1)
      const request = { mode: 'describe', description: `Song ${count}`, webhook: { url: URL_OF_REQUEST } }
      await world.engine.create('generateMusic', caller, request, null, 0).catch(() => null)
      await world.advance(count * 700)
      if (chance(0.2)) await world.restart()
    }
    for (let round = 0; round < 20; round++) {
      await world.advance(5000)
      if (chance(0.3)) world.refuseCommits(1)
      if (chance(0.3)) world.doubtCommits(1)
      if (chance(0.2)) await world.restart()
    }
    world.refuseCommits(0)
    world.doubtCommits(0)
    await world.restart()
    await world.advance(5 * DAY)
    await delivered(world)
    const stored = eventsOf(world)
    expect(stored.length).toBeGreaterThan(30)
    expect(toldAt(heard, URL_OF_REQUEST)).toEqual(stored)
    expect(toldAt(heard, URL_OF_ENDPOINT)).toEqual(stored)
    // Told twice it may be, with the same words and in the same order.
    const texts = new Map<string, string>()
    for (const { url, headers, body } of heard) {
      const id = headers['webhook-id']!
      expect(texts.get(id) ?? body).toBe(body)
      texts.set(id, body)
      expect(url === URL_OF_REQUEST || url === URL_OF_ENDPOINT).toBe(true)
    }
  })

  it('costs nothing where nobody is to be told', async () => {
    const { heard, outside } = listener()
    const world = openWorld({ outside })
    await world.create()
    await world.advance(MINUTE)
    expect(heard).toEqual([])
    expect(world.rows('SELECT 1 FROM webhook_payloads')).toEqual([])
    expect(world.timerOf('webhooks')).toBeUndefined()
  })
})

describe('a webhook of a request', () => {
  it('is told of the song that came after its task had failed, signed for with the same key', async () => {
    const { heard, outside } = listener()
    const world = openWorld({ outside, script: { 'echo poll': [record.fresh] } })
    const caller = { project: 'default', idempotencyKey: null, signer: 'some key' }
    const webhook = { url: URL_OF_REQUEST, events: ['task.failed', 'track.salvaged'] }
    await world.engine.create('generateMusic', caller, { ...SONG, webhook, routing: { provider: 'echo' } }, null, 0)
    await world.advance(90 * MINUTE)
    world.script({ 'echo poll': [record.done] })
    const { provider, token } = world.callbackOf()
    await world.engine.ring(provider, token, { job: 'job-1', state: 'DONE' })
    await world.advance(MINUTE)
    await delivered(world)
    expect(heard.map(({ body }) => JSON.parse(body).type)).toEqual(['task.failed', 'track.salvaged'])
    const { secret } = await world.engine.getWebhookSecret('some key')
    for (const { headers, body } of heard) {
      const at = new Date(Number(headers['webhook-timestamp']) * 1000)
      expect(headers['webhook-signature']).toBe(new Webhook(secret).sign(headers['webhook-id']!, at, body))
    }
  })

  it('is judged before anything else, and a repeat of an accepted request is not judged anew', async () => {
    let answers: string[] = []
    const { outside } = listener()
    const world = openWorld({ outside: { ...outside, resolve: async () => answers } })
    const request = { webhook: { url: URL_OF_REQUEST } }
    const task = await world.create(request, 'same')
    answers = ['10.0.0.1']
    expect((await world.create(request, 'same')).id).toBe(task.id)
    await expect(world.create(request, 'other')).rejects.toMatchObject({
      code: 'webhook_url_forbidden',
      involved: { errors: [{ pointer: '/webhook/url', code: 'url_not_allowed' }] },
    })
    expect(world.rows('SELECT 1 FROM tasks')).toHaveLength(1)
  })
})
