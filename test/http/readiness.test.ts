/** GET /readyz: asked by balancers, which have no key. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Harness, startHarness } from '../harness.ts'

let idle: Harness
let well: Harness
beforeAll(async () => {
  ;[idle, well] = await Promise.all([startHarness({ only: [] }), startHarness()])
})
afterAll(() => Promise.all([idle.stop(), well.stop()]))

it('says that a gateway can do its work', async () => {
  const answer = await well.call('/readyz', { key: null })
  expect([answer.status, await answer.json()]).toEqual([200, { status: 'ready' }])
})

it('says why it can not', async () => {
  const answer = await idle.call('/readyz', { key: null })
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
  expect(await answer.json()).toMatchObject({ code: 'no_provider_available', detail: 'No provider has a key' })
})
