/** What simulated upstreams charge, and when they call back: as their pages say. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { judgeRead } from '../../src/engine/outcome.ts'
import { adapters } from '../../src/registry.ts'
import type { Fault } from '../../src/sandbox/faults.ts'
import { CALLBACK, type Stage, samples, stage } from './stage.ts'

const stages = new Map<string, Stage>()
beforeAll(async () => {
  for (const adapter of adapters) stages.set(adapter.id, await stage(adapter))
})
afterAll(() => {
  for (const { provider } of stages.values()) provider.close()
})
const at = (id: string) => stages.get(id)!

it.each([
  ['kie', { separation: 'vocals' }, 10],
  ['kie', { separation: 'stems' }, 50],
  ['kie', { separation: 'stem', stem: 'Bass' }, 20],
  ['apibox', { separation: 'stems' }, 50],
])('costs at %s what its price list says of %j', async (id, what, price) => {
  const { provider, submit, track } = at(id)
  provider.pass(20)
  const before = await provider.upstream.ledger()
  await submit('separateStems', { ...track, ...what, callback_url: CALLBACK })
  expect((await provider.upstream.ledger()).credits - before.credits).toBeCloseTo(price)
})

it.each([
  ['kie', 'replaceSection'],
  ['kie', 'replaceAudioSection'],
  ['apibox', 'replaceSection'],
  ['apibox', 'replaceAudioSection'],
] as const)('calls back at %s about %s once it has ended, and no earlier', async (id, form) => {
  const { adapter, provider, done, lawful } = at(id)
  const request = { ...(await lawful(form, samples(adapter, form, 1)[0]!)), callback_url: CALLBACK }
  const calls = async (fault?: Fault) => {
    provider.posted.length = 0
    if (fault !== undefined) provider.upstream.faults.set(fault, 1)
    await done(form, request)
    return provider.posted.map(({ body }) => (JSON.parse(body) as { data: Record<string, unknown> }).data)
  }
  expect(await calls()).toMatchObject([{ callbackType: 'complete' }])
  // In a shape of its own: kie.md 12.2, apibox.md 7.1.
  const failed = await calls('fails')
  expect(failed).toMatchObject([{ callbackType: 'error', error: expect.any(String) }])
  expect(failed[0]).not.toHaveProperty('data')
})

/** A song that is called back about, and what its callbacks and its record say. */
const told = async (id: string, fault: Fault | null) => {
  const { adapter, provider, done } = at(id)
  provider.posted.length = 0
  provider.upstream.faults.set(fault, 1)
  const order = { ...samples(adapter, 'generateMusic', 1)[0]!, callback_url: CALLBACK }
  const { snapshot } = await done('generateMusic', order)
  const wires = provider.posted.map(({ body }) => JSON.parse(body))
  const { callback } = adapter.operations.generateMusic!
  return { record: snapshot, last: wires.at(-1), callbacks: wires.map((wire) => callback!.parse(wire)) }
}

/** kie.md 12.2, apibox.md 7.1: an empty list, then one track; udioapi.md 10.2: always both. */
it.each([
  ['kie', [0, 1, 2]],
  ['apibox', [0, 1, 2]],
  ['udioapi', [2, 2, 2]],
])('%s names %j tracks in its callbacks', async (id, counts) => {
  const { callbacks } = await told(id, null)
  expect(callbacks.map(({ tracks }) => tracks.length)).toEqual(counts)
})

it.each(['kie', 'apibox', 'udioapi'])('%s calls no song ready that its record knows nothing of', async (id) => {
  for (const fault of ['fails', 'fails_content', 'fails_refunded'] as const) {
    const { callbacks } = await told(id, fault)
    expect(callbacks.map(({ stage }) => stage)).toEqual(['text_ready', 'failed'])
    expect(callbacks.flatMap(({ tracks }) => tracks).filter(({ audio_url }) => audio_url !== null)).toEqual([])
  }
  const { callbacks } = await told(id, 'fails_half')
  expect(callbacks.map(({ stage }) => stage)).toEqual(['text_ready', 'first_ready', 'failed'])
})

/** What KIE's callback says of refused content no page tells (kie.md 12.2). */
it.each([
  ['kie', 'fails_refunded', 531],
  ['apibox', 'fails_refunded', 531],
  ['apibox', 'fails_content', 400],
] as const)('%s calls back about %s with %i, as its record says', async (id, fault, code) => {
  const { record, last } = await told(id, fault)
  expect([record.failure!.code, last.code]).toEqual([code, code])
})

it('udioapi calls back about refused content in the words of its record', async () => {
  const { record, callbacks } = await told('udioapi', 'fails_content')
  expect(callbacks.at(-1)!.failure!.message).toBe(record.failure!.message)
})

/** kie.md 6.2, apibox.md 6.1, udioapi.md 4. */
it.each(['kie', 'apibox', 'udioapi'])(
  '%s hears a length where its page says that it counts, and fills one in',
  async (id) => {
    const { done } = at(id)
    const lyrics = 'Rain on the wire'
    const order = { mode: 'compose', title: 'Rain', style: 'folk', lyrics, instrumental: false, callback_url: CALLBACK }
    const seconds = async (more: object) => {
      const { snapshot } = await done('generateMusic', { ...order, ...more })
      return snapshot.tracks[0]!.duration_seconds
    }
    const own = await seconds({ model: 'v5' })
    expect(own).not.toBe(20)
    expect(await seconds({ model: 'v5', duration_seconds: 90 })).toBe(own)
    expect([await seconds({ model: 'v5.5', duration_seconds: 90 }), await seconds({ model: 'v5.5' })]).toEqual([90, 20])
  },
)

/** kie.md 15, query limiter: of lyrics too, whose submits are refused in words of their own. */
it('kie refuses reads that are too many in one way', async () => {
  const { adapter, provider, submit } = at('kie')
  for (const form of ['generateMusic', 'writeLyrics'] as const) {
    const id = await submit(form, { ...samples(adapter, form, 1)[0]!, callback_url: CALLBACK })
    const { poll } = adapter.operations[form]!
    const read = () => provider.send(poll, { provider_task_id: id })
    for (let count = 0; count < 3; count++) expect(await read()).toMatchObject({ status: 200 })
    const answer = await read()
    expect(answer).toMatchObject({ status: 429 })
    expect(judgeRead(adapter, form, poll, answer)).toMatchObject({ failure: { code: 'provider_rate_limited' } })
  }
})

it('an account is filled up before it is empty, and counts no dust', async () => {
  const { adapter, provider, ask, submit, track } = at('kie')
  const { enhanceStyle, getCredits } = adapter.operations
  for (let count = 0; count < 30; count++) {
    await ask('enhanceStyle', enhanceStyle!.call, { style: 'Pop' })
    await submit('separateStems', { ...track, separation: 'stems', callback_url: CALLBACK })
    const outcome = await ask('getCredits', getCredits!.call, {})
    const { remaining } = (outcome as { response: { remaining: number } }).response
    expect([remaining > 500, remaining <= 1000, Number(remaining.toFixed(6))]).toEqual([true, true, remaining])
  }
  expect((await provider.upstream.ledger()).credits).toBeGreaterThan(1000)
})
