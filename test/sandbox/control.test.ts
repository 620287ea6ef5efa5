/** The switches of a simulated upstream: what is counted goes wrong so many times, and no more. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { GatewayError } from '../../src/engine/errors.ts'
import { adapters, mirrors } from '../../src/registry.ts'
import { control } from '../../src/sandbox/control.ts'
import { FAULTS, faultsOf } from '../../src/sandbox/faults.ts'
import type { Order } from './made.ts'
import { CALLBACK, type Stage, samples, stage } from './stage.ts'

/** Whoever has a song made here may want callbacks, or none. */
const udioapi = adapters.find(({ id }) => id === 'udioapi')!
const song = (): Order => ({ ...samples(udioapi, 'generateMusic', 1)[0]!, callback_url: CALLBACK })

let here: Stage
const opened: boolean[] = []
beforeAll(async () => {
  here = await stage(udioapi)
})
afterAll(() => here.provider.close())

const put = async (order: unknown) => {
  const { upstream, origin } = here.provider
  const open = async (wanted: boolean) => void opened.push(wanted)
  const request = new Request('http://here/sandbox/udioapi', { method: 'PUT', body: JSON.stringify(order) })
  const answer = await control([{ upstream, origin, quirks: [], open }])(request)
  return (await answer.json()) as { fault: string | null; faults: string[] }
}
const detailOf = (order: unknown) =>
  put(order).then(
    () => null,
    (error: unknown) => (error as GatewayError).message,
  )

/** Stages told by the callbacks of one more song. */
const told = async (): Promise<string[]> => {
  here.provider.posted.length = 0
  await here.done('generateMusic', song())
  const { callback } = udioapi.operations.generateMusic!
  return here.provider.posted.map(({ body }) => callback!.parse(JSON.parse(body)).stage)
}

const ALL = ['text_ready', 'first_ready', 'complete']
it.each([
  ['callback_lost', [], []],
  ['callback_duplicated', ALL.flatMap((each) => [each, each]), [25, 60, 75]],
  // Nobody can say that a song is done before it is.
  ['callback_reordered', ALL.toReversed(), [75, 75, 75]],
] as const)('%s is counted by tasks', async (fault, wrong, naps) => {
  expect((await put({ fault, count: 2 })).fault).toBe(fault)
  here.provider.naps.length = 0
  expect(await told()).toEqual(wrong)
  expect(here.provider.naps).toEqual(naps)
  expect(here.provider.upstream.faults.on()).toBe(fault)
  expect(await told()).toEqual(wrong)
  expect(here.provider.upstream.faults.on()).toBeNull()
  expect(await told()).toEqual(ALL)
})

it('counts no task that asks for no callbacks', async () => {
  const { callback_url: _, ...quiet } = song()
  await put({ fault: 'callback_lost', count: 1 })
  await here.done('generateMusic', quiet)
  expect(here.provider.upstream.faults.on()).toBe('callback_lost')
  expect(await told()).toEqual([])
  expect(await told()).toEqual(ALL)
})

it.each(['maintenance', 'fails_refunded'])('has no words for %s: it is neither offered nor taken', async (fault) => {
  const { faults } = await put({ fault: null })
  expect(faults).not.toContain(fault)
  expect(faults).toEqual(expect.arrayContaining(['refused', 'no_credits', 'not_ready', 'fails_content']))
  expect(await detailOf({ fault })).toContain(`no words for ${fault}`)
  expect(await detailOf({ fault: 'unheard_of' })).toContain(faults.join(', '))
  expect(here.provider.upstream.faults.on()).toBeNull()
})

it.each(['kie', 'apibox'])('%s offers what its page has words for', async (id) => {
  const offered = faultsOf((await mirrors())[id]!)
  expect(Object.keys(FAULTS).filter((fault) => !(offered as string[]).includes(fault))).toEqual(['not_ready'])
})

it('without credits the balance is empty, told free of charge, and not counted', async () => {
  const { provider, ask } = here
  const { call } = udioapi.operations.getCredits!
  const balance = async () => {
    const outcome = await ask('getCredits', call, {})
    return outcome.class === 'accepted' ? outcome.response.remaining : outcome.failure.code
  }
  const full = await balance()
  await put({ fault: 'no_credits', count: 1 })
  expect([await balance(), await balance()]).toEqual([0, 0])
  const { submit } = here.binding('generateMusic')
  provider.pass(10)
  expect(await ask('generateMusic', submit, song())).toMatchObject({ failure: { code: 'provider_credits_exhausted' } })
  expect([provider.upstream.faults.on(), await balance()]).toEqual([null, full])
})

it('the last hundred requests that were not as they should be are told', async () => {
  const { upstream, origin } = here.provider
  const url = `${origin}${here.binding('generateMusic').submit.path}`
  const headers = { authorization: 'Bearer sandbox-test' }
  for (let count = 0; count < 120; count++)
    await upstream.fetch(new Request(url, { method: 'POST', headers, body: '{}' }))
  expect(upstream.refusals()).toHaveLength(100)
})

it('does not count connections that are refused, and says so', async () => {
  opened.length = 0
  const refusal = await put({ fault: 'refused', count: 1 }).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(GatewayError)
  expect(refusal).toMatchObject({ code: 'validation_failed', involved: { errors: [{ pointer: '/count' }] } })
  expect([opened, here.provider.upstream.faults.on()]).toEqual([[], null])
  expect((await put({ fault: 'refused' })).fault).toBe('refused')
  expect((await put({ fault: null })).fault).toBeNull()
  expect(opened).toEqual([false, true])
})
