/** What simulated upstreams charge, and when they call back: as their pages say. */
import { afterAll, beforeAll, expect, it } from 'vitest'
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
