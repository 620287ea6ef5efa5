/** Health over real HTTP: a provider that is out of credits, full or failing is passed over, and comes back by itself. */
import { afterAll, describe, expect, test } from 'vitest'
import type { Provider } from '../../src/canonical/provider.ts'
import { type HarnessOptions, RUNTIME, startHarness } from '../harness.ts'
import { expectProblem } from '../http/problem.ts'
import { align, make, order, PROVIDERS, type Song } from './songs.ts'

const ended: (() => Promise<unknown>)[] = []
afterAll(async () => {
  await Promise.all(ended.map((end) => end()))
})

/** A gateway of the test's own, and every request that reached an upstream of it: `kie POST`. */
const start = async (options: HarnessOptions = {}) => {
  const harness = await startHarness(options)
  ended.push(harness.stop)
  const asked: string[] = []
  for (const provider of PROVIDERS) {
    const { upstream } = harness.upstream(provider)
    const { fetch } = upstream
    upstream.fetch = (request) => {
      if (request.method === 'POST' || /credit/.test(request.url)) asked.push(`${provider} ${request.method}`)
      return fetch(request)
    }
  }
  const kie = async (): Promise<Provider> => {
    const { data } = (await (await harness.call('/v1/providers')).json()) as { data: Provider[] }
    return data.find(({ id }) => id === 'kie')!
  }
  return { harness, kie, count: (what: string) => asked.filter((each) => each === what).length }
}

const until = async <Seen>(look: () => Promise<Seen>, holds: (seen: Seen) => boolean): Promise<Seen> => {
  const deadline = Date.now() + 20_000
  for (;;) {
    const seen = await look()
    if (holds(seen)) return seen
    if (Date.now() > deadline) throw new Error(`it never came to be: ${JSON.stringify(seen)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
const trail = ({ attempts }: Song) => attempts.map(({ provider, chosen_by }) => `${provider} ${chosen_by}`)
/** Health takes its time: a minute is 1.2 seconds, and more where a song takes longer to be asked for. */
const slow = { settings: { pollScale: RUNTIME === 'workers' ? 0.06 : 0.02 } }

describe.concurrent('a provider', () => {
  test('out of credits is asked once, and its free read brings it back', async () => {
    const { harness, kie, count } = await start(slow)
    await harness.fault('kie', 'no_credits')
    expect(trail(await make(harness))).toEqual(['kie priority', 'apibox fallback'])
    expect(trail(await make(harness))).toEqual(['apibox spill'])
    expect([count('kie POST'), count('kie GET')]).toEqual([1, 0])
    expect(await kie()).toMatchObject({ state: 'no_credits', why: 'provider_credits_exhausted', credits: null })
    await harness.fault('kie', null)
    await until(
      () => make(harness),
      ({ provider }) => provider === 'kie',
    )
    expect([count('kie POST'), count('kie GET')]).toEqual([2, 1])
    expect(await kie()).toMatchObject({ state: 'healthy', why: null, credits: expect.any(Number) })
  })

  test('whose window is full leaves the rest to the next one', async () => {
    // Twenty in ten seconds, in real seconds: whatever this machine is doing, the window does not open again.
    const { harness, count } = await start({ settings: { pollScale: 1 } })
    const songs = await Promise.all(Array.from({ length: 22 }, () => order(harness)))
    const sent = await until(
      () => Promise.all(songs.map(async ({ id }) => (await (await harness.call(`/v1/tasks/${id}`)).json()) as Song)),
      (all) => all.every(({ attempts }) => attempts[0]?.state === 'accepted'),
    )
    const paths = sent.flatMap(trail)
    expect(paths.filter((each) => each === 'kie priority')).toHaveLength(20)
    expect(paths.filter((each) => each === 'apibox spill')).toHaveLength(2)
    expect(count('kie POST')).toBe(20)
  })

  test('that failed five times is left alone, then tried by a free read and three songs', async () => {
    const { harness, kie, count } = await start({ ...slow, settings: { ...slow.settings, reconcileWindow: 100 } })
    await harness.fault('kie', 'broken')
    for (let song = 0; song < 5; song++)
      expect(await make(harness)).toMatchObject({ status: 'failed', attempts: [{ provider: 'kie', state: 'unknown' }] })
    expect(await kie()).toMatchObject({ state: 'open', why: 'submission_unconfirmed', observed: { success_rate: 0 } })
    expect(trail(await make(harness))).toEqual(['apibox spill'])
    expect(count('kie POST')).toBe(5)
    await harness.fault('kie', null)
    await until(
      () => make(harness),
      ({ provider }) => provider === 'kie',
    )
    expect((await kie()).state).toBe('half_open')
    expect(count('kie GET')).toBe(1)
    for (let song = 0; song < 2; song++) expect(trail(await make(harness))).toEqual(['kie priority'])
    expect((await kie()).state).toBe('healthy')
    expect(count('kie POST')).toBe(8)
  })

  test('that refuses the key is not asked for timed lyrics either: 503 with a time to come back', async () => {
    const { harness, kie, count } = await start({ settings: { pollScale: 1 } })
    const { tracks } = await make(harness, { routing: { provider: 'kie' } })
    await harness.fault('kie', 'unauthorized')
    await order(harness)
    await until(kie, ({ state }) => state === 'auth_failed')
    const asked = count('kie POST')
    const answer = await align(harness, tracks[0]!.id)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    await expectProblem(answer, { status: 503, code: 'provider_pinned_unavailable', retryable: true })
    expect(count('kie POST')).toBe(asked)
  })
})

// By itself: others here measure time.
test('a provider that fails with what clients name themselves is as well as before', async () => {
  const { harness, kie } = await start(slow)
  await harness.fault('kie', 'fails')
  const cover = { source: { audio_url: 'https://files.example.com/gone.mp3' }, lyrics: 'a', style: 'b', title: 'c' }
  const ask = async () => {
    const answer = await harness.post('/v1/music/covers', { ...cover, routing: { provider: 'kie' } })
    return harness.ended(((await answer.json()) as Song).id)
  }
  const all = await Promise.all(Array.from({ length: 6 }, ask))
  expect(all.map(({ error }) => error?.code)).toEqual(Array(6).fill('generation_failed'))
  expect(await kie()).toMatchObject({ state: 'healthy' })
  // What it fails with by itself counts.
  await Promise.all(Array.from({ length: 6 }, () => make(harness, { routing: { provider: 'kie' } })))
  expect(await kie()).toMatchObject({ why: 'generation_failed' })
})
