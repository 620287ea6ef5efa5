/** The switches of a simulated upstream: what is counted goes wrong so many times, and no more. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { GatewayError } from '../../src/engine/errors.ts'
import { adapters } from '../../src/registry.ts'
import { control } from '../../src/sandbox/control.ts'
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
  return (await answer.json()) as { fault: string | null }
}

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
