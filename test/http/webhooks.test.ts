/** Webhooks over the whole gateway: asked for in requests and registered, told as tasks change, guarded before all else. */
import { createPublicKey, verify } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { catalogue, type OperationId } from '../../src/canonical/catalogue.ts'
import type { Task } from '../../src/canonical/task.ts'
import { WebhookEvent, WebhookProviderEvent } from '../../src/canonical/webhook.ts'
import { type Harness, RUNTIME, SONG, startHarness } from '../harness.ts'
import { type Heard, openReceiver, type Receiver } from '../webhooks/world.ts'
import { expectProblem } from './problem.ts'

const CREATE = '/v1/music/generations'
const OTHER_KEY = 'tutti_test_other0000000000000000000'

let harness: Harness
let receiver: Receiver
beforeAll(async () => {
  harness = await startHarness()
  receiver = await openReceiver(Date.now)
  await harness.addKey(OTHER_KEY, 'other')
})
afterAll(async () => {
  await harness.stop()
  await receiver.close()
})

const read = async <Body>(answer: Response | Promise<Response>): Promise<Body> => (await (await answer).json()) as Body
const send = (method: string, path: string, body?: unknown, key?: string) =>
  harness.call(path, {
    method,
    ...(key === undefined ? {} : { key }),
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
/** What an operation answers, held against its own schema. */
const answered = async <Body>(id: OperationId, answer: Response | Promise<Response>): Promise<Body> => {
  const response = await answer
  const body = await response.json()
  expect([response.status, catalogue[id].result.parse(body)]).toEqual([200, body])
  return body as Body
}
interface Endpoint {
  id: string
  secret: string
  key_id: string
  status: string
}
interface Delivery {
  id: string
  event_id: string
  status: string
}

const typeOf = ({ body }: Heard) => JSON.parse(body).type as string
/** What was heard at a path, once `enough` says so. */
const heardAt = async (path: string, enough: (types: string[]) => boolean): Promise<Heard[]> => {
  for (let round = 0; round < 1000; round++) {
    const heard = receiver.heard.filter((each) => each.path === path)
    if (enough(heard.map(typeOf))) return heard
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`Not enough was heard at ${path}: ${receiver.heard.map(typeOf)}`)
}
const hasEnded = (types: string[]) => types.includes('task.succeeded')
const at = (path: string) => receiver.url.replace('/hook', path)

describe('a request with a webhook', () => {
  test('is told of everything, in order, as it was, signed with the secret of the key', async () => {
    const { secret } = await answered<{ secret: string }>('getWebhookSecret', send('GET', '/v1/webhook-secret'))
    const { id, request } = await read<Task>(harness.post(CREATE, { ...SONG, webhook: { url: at('/all') } }))
    expect(request).toEqual({ ...SONG, webhook: { url: at('/all') } })
    const heard = await heardAt('/all', hasEnded)
    const events = heard.map(({ body, headers }) => new Webhook(secret).verify(body, headers as never) as never)
    const told = events.map((event) => WebhookEvent.parse(event))
    expect(told).toEqual(events)
    expect(told.map(({ seq }) => seq)).toEqual(told.map((_, index) => index + 1))
    expect(told.map(({ data }) => data.task.id)).toEqual(told.map(() => id))
    expect(told[0]).toMatchObject({ type: 'task.queued', data: { task: { status: 'queued', tracks: [] } } })
    // The same events as everywhere else, and at the end the same task.
    const listed = await read<{ data: { id: string }[] }>(harness.call(`/v1/tasks/${id}/events`))
    expect(told).toEqual(listed.data)
    expect(told.at(-1)!.data.task).toEqual(await read(harness.call(`/v1/tasks/${id}`)))
    expect(heard.map(({ headers }) => headers['webhook-id'])).toEqual(listed.data.map((each) => each.id))
    const delivered = async () => {
      const figures = await (await harness.call('/metrics')).text()
      return Number(/^tutti_webhook_deliveries_total\{outcome="delivered"\} (\d+)$/m.exec(figures)?.[1])
    }
    for (let round = 0; round < 100 && (await delivered()) < told.length; round++)
      await new Promise((resolve) => setTimeout(resolve, 10))
    expect(await delivered()).toBe(told.length)
  })

  test('is told of what it asked for', async () => {
    const webhook = { url: at('/some'), events: ['task.succeeded', 'task.failed'] }
    await harness.post(CREATE, { ...SONG, webhook })
    const heard = await heardAt('/some', hasEnded)
    expect(heard.map(typeOf)).toEqual(['task.succeeded'])
  })

  test('is understood by every operation that makes a task', () => {
    const sent = { webhook: { url: 'https://example.com/hook' } }
    const deaf = Object.entries(catalogue).flatMap(([id, operation]) => {
      if (operation.kind !== 'task') return []
      const verdict = operation.body!.safeParse({ ...(operation.example as object), ...sent })
      return verdict.success ? [] : [id]
    })
    expect(deaf).toEqual([])
  })

  test('of another key is signed with another secret', async () => {
    const own = await read<{ secret: string }>(send('GET', '/v1/webhook-secret'))
    const other = await read<{ secret: string }>(send('GET', '/v1/webhook-secret', undefined, OTHER_KEY))
    expect(other.secret).toMatch(/^whsec_/)
    expect(other.secret).not.toBe(own.secret)
  })

  test.each([
    [{ url: 'not a url' }, 'validation_failed', '/webhook/url'],
    [{ url: 'https://example.com/', events: [] }, 'validation_failed', '/webhook/events'],
    [{ url: 'https://example.com/', events: ['task.exploded'] }, 'validation_failed', '/webhook/events/0'],
    [{ url: 'https://example.com/', secret: 'mine' }, 'validation_failed', '/webhook/secret'],
    [{ url: 'http://example.com/' }, 'webhook_url_forbidden', '/webhook/url'],
    [{ url: 'https://10.0.0.1/' }, 'webhook_url_forbidden', '/webhook/url'],
    [{ url: 'https://2852039166/latest/meta-data' }, 'webhook_url_forbidden', '/webhook/url'],
    [{ url: 'https://me:pass@example.com/' }, 'webhook_url_forbidden', '/webhook/url'],
  ] as const)('%j is refused, and nothing is made', async (webhook, code, pointer) => {
    const before = (await harness.ledgers()).accepted
    const problem = await expectProblem(await harness.post(CREATE, { ...SONG, webhook }), { status: 422, code })
    expect(problem.errors!.map((each) => each.pointer)).toContain(pointer)
    expect(problem.may_have_been_charged).toBe(false)
    expect((await harness.ledgers()).accepted).toBe(before)
  })
})

describe('names, where nothing on this machine may be called', () => {
  let strict: Harness
  const answers: Record<string, string[]> = {
    'public.example.com': ['93.184.216.34', '2606:4700::1'],
    'inner.example.com': ['10.1.2.3'],
    'mixed.example.com': ['93.184.216.34', '127.0.0.1'],
    'rebinding.example.com': ['93.184.216.34'],
  }
  beforeAll(async () => {
    strict = await startHarness({ settings: { localUrls: false }, resolve: async (name) => answers[name] ?? [] })
  })
  afterAll(() => strict.stop())

  test('that lead to where nobody may be sent are refused, before anything is stored', async () => {
    // Workers cannot look names up: the platform itself reaches public hosts only.
    for (const name of RUNTIME === 'node' ? ['inner', 'mixed'] : []) {
      const url = `https://${name}.example.com/hook`
      const refused = { status: 422, code: 'webhook_url_forbidden' } as const
      const problem = await expectProblem(await strict.post(CREATE, { ...SONG, webhook: { url } }), refused)
      expect(problem.errors).toMatchObject([{ pointer: '/webhook/url', code: 'url_not_allowed' }])
      expect(JSON.stringify(problem)).not.toMatch(/10\.1\.2\.3|127\.0\.0\.1/)
      await expectProblem(await strict.post('/v1/webhook-endpoints', { url }), refused)
    }
    await expectProblem(await strict.post(CREATE, { ...SONG, webhook: { url: 'http://127.0.0.1:1/' } }), {
      status: 422,
      code: 'webhook_url_forbidden',
    })
    expect((await read<{ data: unknown[] }>(strict.call('/v1/tasks'))).data).toEqual([])
    expect((await strict.ledgers()).accepted).toBe(0)
  })

  test('that nobody answers for are taken, and judged when they are called', async () => {
    const silent = await strict.post(CREATE, { ...SONG, webhook: { url: 'https://silent.example.com/hook' } })
    expect(silent.status).toBe(202)
    const rebinding = 'https://rebinding.example.com/hook'
    const kept = await strict.post(CREATE, { ...SONG, webhook: { url: rebinding, events: ['task.succeeded'] } })
    expect(kept.status).toBe(202)
    // Between then and its delivery the name is led elsewhere.
    answers['rebinding.example.com'] = ['127.0.0.1']
    const { id } = await read<Task>(kept)
    await strict.ended(id)
    for (let round = 0; round < 500; round++) {
      const list = await read<{ data: { attempts: unknown[] }[] }>(strict.call(`/v1/webhook-deliveries?task_id=${id}`))
      if (list.data[0]!.attempts.length > 0) {
        const forbidden = { status: 'failed', attempts: [{ status: null, error: 'address_forbidden' }] }
        const unreached = { attempts: [{ status: null, error: 'reset' }] }
        expect(list.data).toMatchObject([RUNTIME === 'node' ? forbidden : unreached])
        return
      }
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    throw new Error('It was never tried')
  })
})

describe('a registered endpoint', () => {
  test('goes through its whole life', async () => {
    const made = await answered<Endpoint>(
      'createWebhookEndpoint',
      send('POST', '/v1/webhook-endpoints', { url: at('/registered'), events: ['task.succeeded'] }),
    )
    const path = `/v1/webhook-endpoints/${made.id}`
    expect(await answered<object>('getWebhookEndpoint', send('GET', path))).not.toHaveProperty('secret')
    const { data } = await answered<{ data: Endpoint[] }>('listWebhookEndpoints', send('GET', '/v1/webhook-endpoints'))
    expect(data.map(({ id }) => id)).toEqual([made.id])

    const { id } = await read<Task>(harness.post(CREATE, SONG))
    const [heard] = await heardAt('/registered', hasEnded)
    const event = new Webhook(made.secret).verify(heard!.body, heard!.headers as never) as WebhookEventLike
    expect(event.data.task.id).toBe(id)

    // The published key verifies the other signature.
    const { keys } = await read<{ keys: { kid: string }[] }>(
      harness.call('/.well-known/webhook-jwks.json', { key: null }),
    )
    const key = createPublicKey({ key: keys.find(({ kid }) => kid === made.key_id) as never, format: 'jwk' })
    const { headers, body } = heard!
    const signature = /v1a,(\S+)/.exec(headers['webhook-signature'] as string)![1]!
    const signed = Buffer.from(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`)
    expect(verify(null, signed, key, Buffer.from(signature, 'base64'))).toBe(true)

    const query = `/v1/webhook-deliveries?endpoint_id=${made.id}&limit=1&status=succeeded`
    const page = await answered<{ data: Delivery[] }>('listWebhookDeliveries', send('GET', query))
    expect(page.data).toMatchObject([{ event_id: headers['webhook-id'], status: 'succeeded' }])
    const log = `/v1/webhook-deliveries/${page.data[0]!.id}`
    const whole = await answered<{ payload: string }>('getWebhookDelivery', send('GET', log))
    expect(whole.payload).toBe(body)
    await answered('redeliverWebhook', send('POST', `${log}/redeliver`))
    const again = await heardAt('/registered', (types) => types.length === 2)
    expect(again[1]!.body).toBe(body)

    const rotated = await answered<Endpoint>('rotateWebhookSecret', send('POST', `${path}/rotate-secret`))
    await answered('testWebhookEndpoint', send('POST', `${path}/test`))
    const tried = (await heardAt('/registered', (types) => types.length === 3))[2]!
    for (const { secret } of [made, rotated])
      expect(new Webhook(secret).verify(tried.body, tried.headers as never)).toMatchObject({ type: 'webhook.test' })
    for (let count = 1; count < 5; count++) expect((await send('POST', `${path}/rotate-secret`)).status).toBe(200)
    const refused = await send('POST', `${path}/rotate-secret`)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(86_000)
    await expectProblem(refused, { status: 429, code: 'rate_limited', retryable: true })

    const paused = await answered<Endpoint>('updateWebhookEndpoint', send('PATCH', path, { status: 'disabled' }))
    expect(paused.status).toBe('disabled')
    await expectProblem(await send('POST', `${path}/test`), { status: 409, code: 'webhook_endpoint_disabled' })
    await answered('deleteWebhookEndpoint', send('DELETE', path))
    await expectProblem(await send('GET', path), { status: 404, code: 'not_found' })
  })

  test('hears of providers where it asks for that, and of nothing else', async () => {
    const asked = { url: at('/providers'), events: ['provider.state_changed'] }
    const { secret } = await read<Endpoint>(send('POST', '/v1/webhook-endpoints', asked))
    await harness.fault('kie', 'no_credits', 1)
    const { id } = await read<Task>(harness.post(CREATE, { ...SONG, routing: { order: ['kie', 'apibox'] } }))
    await harness.ended(id)
    const [heard] = await heardAt('/providers', (types) => types.length > 0)
    const event = WebhookProviderEvent.parse(new Webhook(secret).verify(heard!.body, heard!.headers as never))
    expect(event.data).toEqual({
      region: RUNTIME === 'workers' ? 'local' : null,
      provider: 'kie',
      credential: expect.stringMatching(/^kie-[0-9a-f]+$/),
      state: 'no_credits',
      was: 'healthy',
      why: 'provider_credits_exhausted',
    })
    expect(new Set(receiver.heard.filter(({ path }) => path === '/providers').map(typeOf))).toEqual(
      new Set(['provider.state_changed']),
    )
  })

  test('hears of providers only where its key may ask for them', async () => {
    const events = ['task.succeeded', 'provider.state_changed']
    const [plain, whole] = [`tutti_test_hooks_${'0'.repeat(23)}`, `tutti_test_whole_${'0'.repeat(23)}`]
    await harness.addKey(plain, 'default', { scopes: ['webhooks'] })
    await harness.addKey(whole, 'default', { scopes: ['webhooks', 'providers'] })
    const refused = { status: 403, code: 'insufficient_scope', entries: ['scope_missing'] }
    const url = receiver.url
    await expectProblem(await send('POST', '/v1/webhook-endpoints', { url, events }, plain), refused)
    const { id } = await read<Endpoint>(send('POST', '/v1/webhook-endpoints', { url, events: ['task.failed'] }, plain))
    const path = `/v1/webhook-endpoints/${id}`
    await expectProblem(await send('PATCH', path, { events }, plain), refused)
    expect((await send('PATCH', path, { events }, whole)).status).toBe(200)
    // What it is told of by now is not to be led elsewhere.
    await expectProblem(await send('PATCH', path, { url: `${url}/elsewhere` }, plain), refused)
    expect((await send('PATCH', path, { events: ['task.failed'] }, plain)).status).toBe(200)
    expect((await send('DELETE', path, undefined, plain)).status).toBe(200)
  })

  test('of another project is not there', async () => {
    const made = await read<Endpoint>(
      send('POST', '/v1/webhook-endpoints', { url: at('/mine'), events: ['task.failed'] }),
    )
    const { id } = await read<Delivery>(send('POST', `/v1/webhook-endpoints/${made.id}/test`))
    const missing = { status: 404, code: 'not_found' } as const
    const path = `/v1/webhook-endpoints/${made.id}`
    for (const [method, each, body] of [
      ['GET', path],
      ['PATCH', path, { status: 'disabled' }],
      ['DELETE', path],
      ['POST', `${path}/rotate-secret`],
      ['POST', `${path}/test`],
      ['GET', `/v1/webhook-deliveries/${id}`],
      ['POST', `/v1/webhook-deliveries/${id}/redeliver`],
    ] as const)
      await expectProblem(await send(method, each, body, OTHER_KEY), missing)
    for (const list of ['/v1/webhook-endpoints', '/v1/webhook-deliveries'])
      expect(await read(send('GET', list, undefined, OTHER_KEY))).toMatchObject({ data: [] })
    await send('DELETE', path)
  })

  test('hears what happens while the gateway restarts, and nothing is logged that is secret', async () => {
    const made = await read<Endpoint>(send('POST', '/v1/webhook-endpoints', { url: at('/restart') }))
    const ids = await Promise.all(
      Array.from({ length: 5 }, async () => (await read<Task>(harness.post(CREATE, SONG))).id),
    )
    await harness.restart()
    for (const id of ids) await harness.ended(id)
    const heard = await heardAt('/restart', (types) => types.filter((type) => type === 'task.succeeded').length >= 5)
    for (const id of ids) {
      const events = await read<{ data: { id: string }[] }>(harness.call(`/v1/tasks/${id}/events`))
      const own = heard.filter(({ body }) => JSON.parse(body).data.task.id === id)
      for (const { body, headers } of own) new Webhook(made.secret).verify(body, headers as never)
      expect([...new Set(own.map(({ headers }) => headers['webhook-id']))]).toEqual(events.data.map((each) => each.id))
    }
    const key = await read<{ secret: string }>(send('GET', '/v1/webhook-secret'))
    for (const secret of [made.secret, key.secret]) expect(harness.logged.join()).not.toContain(secret.slice(6))
  })
})

interface WebhookEventLike {
  data: { task: { id: string } }
}
