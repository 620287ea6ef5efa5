/** What goes wrong at a provider: only a proven no moves on to the next one, and the ledgers never hold a song twice. */
import { afterAll, describe, expect, test } from 'vitest'
import { mirrors } from '../../src/registry.ts'
import { type Fault, faultsOf } from '../../src/sandbox/faults.ts'
import { DOWN, type Harness, type HarnessOptions, RUNTIME, startHarness } from '../harness.ts'
import { expectProblem } from '../http/problem.ts'
import { align, make, order, PROVIDERS, readLyrics } from './songs.ts'

const open: Harness[] = []
/** A gateway of the test's own: the tests run side by side, and most of their time is waiting. */
const start = async (options: HarnessOptions = {}): Promise<Harness> => {
  const harness = await startHarness(options)
  open.push(harness)
  return harness
}
afterAll(async () => {
  await Promise.all(open.map((harness) => harness.stop()))
})

/** The provider and, after it, the two others. */
const orderFrom = (first: string) => [first, ...PROVIDERS.filter((each) => each !== first)]

/** Workers cannot tell a connection that was refused from one that was lost: see UNKNOWN. */
const PROVES_REFUSAL = RUNTIME === 'node'

const REFUSALS = [
  ...(PROVES_REFUSAL ? [['refused', 'provider_unavailable'] as const] : []),
  ['no_credits', 'provider_credits_exhausted'],
  ['unauthorized', 'provider_auth_failed'],
  ['rate_limited', 'provider_rate_limited'],
  ['maintenance', 'provider_maintenance'],
] as const

const all = await mirrors()
/** What a provider has no words for, it can not do. */
const isOffered = (provider: string, fault: Fault) => faultsOf(all[provider]!).includes(fault)

describe.concurrent('a provider that provably took nothing', () => {
  /** Each with a gateway of its own: a provider that refused is not asked again for a while. */
  const cases = PROVIDERS.flatMap((provider) =>
    REFUSALS.filter(([fault]) => isOffered(provider, fault)).map(([fault, code]) => [provider, fault, code] as const),
  )

  test.each(cases)(
    '%s, %s, hands the song on: the next one makes it, and only one submission was accepted',
    async (provider, fault, code) => {
      const harness = await start()
      const sequence = orderFrom(provider)
      await harness.fault(provider, fault)
      const task = await make(harness, { routing: { order: sequence } })
      expect(task).toMatchObject({ status: 'succeeded', provider: sequence[1], error: null })
      expect(task.attempts.map(({ provider: at, state, chosen_by }) => [at, state, chosen_by])).toEqual([
        [provider, fault === 'refused' ? 'not_sent' : 'refused', 'order'],
        [sequence[1], 'accepted', 'fallback'],
      ])
      expect(task.attempts[0]).toMatchObject({
        charged: 'no',
        error: { code, may_have_been_charged: false, provider },
      })
      expect(task.billing.charged).toBe('yes')
      const { by, accepted } = await harness.ledgers()
      expect([accepted, by[provider]!.accepted]).toEqual([1, 0])
    },
  )

  test.each(cases.filter(([, fault]) => fault !== 'refused' && fault !== 'rate_limited'))(
    '%s alone, %s, fails the song with the same word as the others, and nothing is charged',
    async (provider, fault, code) => {
      const harness = await start()
      await harness.fault(provider, fault)
      const task = await make(harness, { routing: { order: orderFrom(provider), allow_fallbacks: false } })
      expect(task).toMatchObject({
        status: 'failed',
        billing: { charged: 'no' },
        error: { code, may_have_been_charged: false },
      })
      expect(task.attempts).toHaveLength(1)
      expect((await harness.ledgers()).accepted).toBe(0)
    },
  )

  test('is tried once more where there is nobody else, and that can be enough', async () => {
    const harness = await start()
    await harness.fault('kie', 'rate_limited', 1)
    const task = await make(harness, { routing: { provider: 'kie' } })
    expect(task.status).toBe('succeeded')
    expect(task.attempts.map(({ state }) => state)).toEqual(['refused', 'accepted'])
    expect((await harness.ledgers()).accepted).toBe(1)
  })

  test('twice in a row still ends at the third, and three times is a failure that says so', async () => {
    const harness = await start()
    await harness.fault('kie', 'rate_limited')
    await harness.fault('apibox', DOWN)
    expect(await make(harness)).toMatchObject({ status: 'succeeded', provider: 'udioapi' })
    const other = await start()
    await other.fault('kie', 'rate_limited')
    await other.fault('apibox', DOWN)
    await other.fault('udioapi', 'unauthorized')
    const task = await make(other)
    expect(task).toMatchObject({
      status: 'failed',
      billing: { charged: 'no' },
      error: { code: 'provider_auth_failed' },
    })
    expect(task.attempts.map(({ provider }) => provider)).toEqual([...PROVIDERS])
    expect([(await harness.ledgers()).accepted, (await other.ledgers()).accepted]).toEqual([1, 0])
  })
})

/** What the ledger holds after each: accepted before the answer was lost, or never. */
const UNKNOWN: readonly (readonly [Fault, number])[] = [
  ['answer_lost', 1],
  ['malformed', 1],
  ['broken', 0],
  ['silent', 0],
  // Five in a row: after one more the provider would be left alone.
  PROVES_REFUSAL ? ['server_error', 0] : ['refused', 0],
]

describe.concurrent('a provider that may have taken the song', () => {
  test.each(PROVIDERS)(
    '%s is never followed by another: without callbacks the song fails at once as unconfirmed',
    async (provider) => {
      // A window that would not pass within this test: nothing but "at once" can end the song.
      const harness = await start({ callbacks: false, settings: { submitTimeout: 400, reconcileWindow: 3_600_000 } })
      for (const [fault, accepted] of UNKNOWN) {
        const before = (await harness.ledgers()).accepted
        await harness.fault(provider, fault)
        const task = await make(harness, { routing: { order: orderFrom(provider) } })
        expect(task).toMatchObject({
          status: 'failed',
          billing: { charged: 'unknown' },
          error: { code: 'submission_unconfirmed', may_have_been_charged: true, retryable: false, provider },
        })
        expect(task.attempts.map(({ provider: at, state, charged }) => [at, state, charged])).toEqual([
          [provider, 'unknown', 'unknown'],
        ])
        await harness.fault(provider, null)
        expect((await harness.ledgers()).accepted - before).toBe(accepted)
      }
    },
  )

  test.each(['kie', 'apibox'])(
    '%s tells by its callback that it did: the song is adopted, and paid for once',
    async (provider) => {
      const harness = await start()
      for (const [index, fault] of (['answer_lost', 'malformed'] as const).entries()) {
        await harness.fault(provider, fault)
        const task = await make(harness, { routing: { order: orderFrom(provider) } })
        expect(task).toMatchObject({ status: 'succeeded', provider, billing: { charged: 'yes' } })
        expect(task.attempts).toHaveLength(1)
        expect(task.tracks.map(({ status }) => status)).toEqual(['ready', 'ready'])
        await harness.fault(provider, null)
        expect((await harness.ledgers()).accepted).toBe(index + 1)
      }
    },
  )

  test.each(PROVIDERS)(
    '%s is waited for until the window has passed, and then the song fails as unconfirmed',
    async (provider) => {
      const harness = await start({ settings: { submitTimeout: 400, reconcileWindow: 300 } })
      const tasks = []
      for (const [fault] of UNKNOWN.filter(([, accepted]) => accepted === 0)) {
        await harness.fault(provider, fault)
        const task = await make(harness, { routing: { order: orderFrom(provider) } })
        expect(task.stages.map(({ stage }) => stage)).toEqual(['accepted', 'submitting', 'reconciling'])
        await harness.fault(provider, null)
        tasks.push(task)
      }
      for (const task of tasks) {
        expect(task).toMatchObject({
          status: 'failed',
          billing: { charged: 'unknown' },
          error: { code: 'submission_unconfirmed' },
        })
        expect(task.attempts).toHaveLength(1)
      }
      expect((await harness.ledgers()).accepted).toBe(0)
    },
  )

  test('udioapi names no task in its callback: the song ends, is never bought again, and says that money may be spent', async () => {
    const harness = await start({ settings: { reconcileWindow: 400 } })
    await harness.fault('udioapi', 'answer_lost')
    const task = await make(harness, { routing: { order: orderFrom('udioapi') } })
    expect(task.attempts).toHaveLength(1)
    expect(['yes', 'unknown']).toContain(task.billing.charged)
    expect((await harness.ledgers()).accepted).toBe(1)
  })

  test('is not asked again by repeating the request with its key', async () => {
    const harness = await start({ callbacks: false })
    await harness.fault('kie', 'answer_lost', 1)
    const key = { 'idempotency-key': 'once' }
    const song = { mode: 'describe', description: 'a song about once' }
    const first = (await (await harness.post('/v1/music/generations', song, key)).json()) as { id: string }
    const failed = await harness.ended(first.id)
    expect(failed.error!.code).toBe('submission_unconfirmed')
    const again = await harness.post('/v1/music/generations', song, key)
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(await again.json()).toEqual(failed)
    expect((await harness.ledgers()).accepted).toBe(1)
  })
})

describe.concurrent('a provider that accepts and then fails', () => {
  test.each(PROVIDERS)('%s says what became of the song, and of the money where it can', async (provider) => {
    const harness = await start()
    const possible = [
      ['fails', 'generation_failed', 'unknown'],
      ['fails_refunded', 'generation_failed', 'refunded'],
      ['fails_content', 'content_rejected', 'unknown'],
    ] as const
    const ends = possible.filter(([fault]) => isOffered(provider, fault))
    for (const [fault, code, charged] of ends) {
      await harness.fault(provider, fault)
      const failover = { after_accept: 'never' }
      const task = await make(harness, { routing: { order: orderFrom(provider) }, failover })
      expect(task).toMatchObject({ status: 'failed', provider, error: { code, provider }, billing: { charged } })
      expect(task.error!.may_have_been_charged).toBe(charged !== 'refunded')
      expect(task.attempts).toHaveLength(1)
      // A first track that was finished before the failure is kept; what was not is told apart and sells no lyrics.
      const left = task.tracks.filter(({ status }) => status !== 'ready')
      expect(left.map(({ status }) => status)).toEqual(left.map(() => 'failed'))
      for (const { id } of left)
        await expectProblem(await align(harness, id), { status: 422, code: 'lyrics_unavailable' })
      await harness.fault(provider, null)
    }
    expect((await harness.ledgers()).accepted).toBe(ends.length)
  })
})

describe.concurrent('a song that failed after it was accepted', () => {
  test.each(PROVIDERS)('%s had finished one of two: that is a success with a track that failed', async (provider) => {
    // Slow enough that the first song is seen before the failure.
    const harness = await start({ pace: RUNTIME === 'workers' ? 0.1 : 0.05 })
    await harness.fault(provider, 'fails_half')
    const task = await make(harness, { routing: { order: orderFrom(provider) } })
    expect([task.status, task.error]).toEqual(['succeeded', null])
    expect(task.tracks.map(({ status, audio }) => [status, audio !== null])).toEqual([
      ['ready', true],
      ['failed', false],
    ])
    expect(task.tracks[1]!.error).not.toBe(null)
    expect((await harness.ledgers()).accepted).toBe(1)
  })

  test('and was paid back goes on at the next provider, and one is paid', async () => {
    const harness = await start()
    await harness.fault('kie', 'fails_refunded')
    const task = await make(harness, { routing: { order: orderFrom('kie') } })
    expect(task.attempts.map(({ provider, charged }) => [provider, charged])).toEqual([
      ['kie', 'refunded'],
      ['apibox', 'yes'],
    ])
    expect([task.status, task.billing.charged]).toEqual(['succeeded', 'yes'])
    const { by } = await harness.ledgers()
    expect(by.kie!.credits).toBe(0)
    expect(by.apibox!.credits).toBeGreaterThan(0)
  })
})

describe.concurrent('timed lyrics', () => {
  test.each(PROVIDERS)(
    'at %s without credits are 503 in one word, leave no task behind, and work once there are some',
    async (provider) => {
      const harness = await start()
      const { tracks } = await make(harness, { routing: { provider } })
      const track = tracks[0]!.id
      const key = { 'idempotency-key': 'lyrics' }
      await harness.fault(provider, 'no_credits')
      const refused = await align(harness, track, key)
      const problem = await expectProblem(refused, { status: 503, code: 'provider_credits_exhausted', retryable: true })
      expect(problem.provider).toBe(provider)
      await harness.fault(provider, null)
      // Whoever reads the credits tells that there are some again.
      expect((await harness.call('/v1/credits')).status).toBe(200)
      expect((await align(harness, track, key)).status).toBe(200)
      expect((await harness.ledgers()).by[provider]!.alignments).toBe(1)
    },
  )

  test.each(PROVIDERS)('at %s go to nobody else when it is down, and nothing is charged', async (provider) => {
    const harness = await start()
    const { tracks } = await make(harness, { routing: { provider } })
    await harness.fault(provider, 'refused')
    const problem = await expectProblem(
      await align(harness, tracks[0]!.id),
      PROVES_REFUSAL
        ? { status: 503, code: 'provider_unavailable', retryable: true }
        : { status: 503, code: 'submission_unconfirmed', charged: true },
    )
    expect(problem.provider).toBe(provider)
    const { by } = await harness.ledgers()
    expect(PROVIDERS.map((id) => by[id]!.alignments)).toEqual([0, 0, 0])
  })

  const LOST = PROVIDERS.flatMap((provider) => [
    [provider, 'broken', 0] as const,
    [provider, 'answer_lost', 1] as const,
    [provider, 'malformed', 1] as const,
  ])
  test.each(LOST)(
    'of which nobody knows whether %s (%s) sold them are not bought again by chance, only on a new key',
    async (provider, fault, sold) => {
      const harness = await start()
      const { tracks } = await make(harness, { routing: { provider } })
      const track = tracks[0]!.id
      const wanted = { status: 503, code: 'submission_unconfirmed', charged: true }
      await harness.fault(provider, fault, 1)
      await expectProblem(await align(harness, track, { 'idempotency-key': 'first' }), wanted)
      await expectProblem(await align(harness, track), wanted)
      await expectProblem(await align(harness, track, { 'idempotency-key': 'first' }), wanted)
      expect((await harness.ledgers()).by[provider]!.alignments).toBe(sold)
      expect((await align(harness, track, { 'idempotency-key': 'second' })).status).toBe(200)
      expect((await align(harness, track)).status).toBe(200)
      expect((await harness.ledgers()).by[provider]!.alignments).toBe(sold + 1)
    },
  )

  test('that udioapi is still making are 409 with a time to come back, and are waited for when asked to', async () => {
    const harness = await start()
    const { tracks } = await make(harness, { routing: { provider: 'udioapi' } })
    await harness.fault('udioapi', 'not_ready', 3)
    const early = await align(harness, tracks[0]!.id)
    expect(Number(early.headers.get('retry-after'))).toBeGreaterThan(0)
    await expectProblem(early, { status: 409, code: 'not_ready', retryable: true })
    const waited = await align(harness, tracks[0]!.id, { prefer: 'wait=20' })
    expect([waited.status, waited.headers.get('preference-applied')]).toEqual([200, 'wait=20'])
    expect((await readLyrics(waited)).words.length).toBeGreaterThan(0)
    expect((await harness.ledgers()).by.udioapi!.alignments).toBe(1)
  })

  test('of a track that is not finished are 409, and are waited for when asked to', async () => {
    const harness = await start({ pace: RUNTIME === 'workers' ? 0.04 : 0.01 })
    const { id } = await order(harness, { routing: { provider: 'kie' } })
    const deadline = Date.now() + 15_000
    let track: string | undefined
    while (track === undefined && Date.now() < deadline) {
      const task = await (await harness.call(`/v1/tasks/${id}`, { headers: { prefer: 'wait=5' } })).json()
      track = (task as { tracks: { id: string }[] }).tracks[1]?.id
    }
    const early = await align(harness, track!)
    expect(Number(early.headers.get('retry-after'))).toBeGreaterThan(0)
    await expectProblem(early, { status: 409, code: 'not_ready', retryable: true })
    expect((await align(harness, track!, { prefer: 'wait=20' })).status).toBe(200)
  })
})
