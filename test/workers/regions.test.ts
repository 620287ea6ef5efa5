/** The health of providers is of a region; published limits are of all of them together. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { WorkTask } from '../../src/engine/state.ts'
import { regionOf } from '../../src/platform/workers/settings.ts'
import worker from '../../src/worker.ts'
import { make, order } from '../runtime/songs.ts'
import { KEY, startHarness } from './harness.ts'

let harness: Awaited<ReturnType<typeof startHarness>>
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.stop())

type Provider = { id: string; credentials: { state: string }[] }
const statesIn = (told: unknown) =>
  Object.fromEntries((told as { data: Provider[] }).data.map(({ id, credentials }) => [id, credentials[0]!.state]))

test('the region of a request is its continent, and nothing that a client could say', () => {
  const from = (cf?: object) => regionOf(new Request('https://gateway.test', { cf } as RequestInit))
  expect(from({ continent: 'EU' })).toBe('eu')
  for (const cf of [undefined, {}, { continent: null }, { continent: 'EU/../x' }, { continent: 7 }])
    expect(from(cf)).toBe('local')
})

test('a key that is out of credits here is so in this region', async () => {
  await harness.fault('kie', 'no_credits', 1)
  const song = await make(harness, { routing: { order: ['kie', 'apibox'] } })
  expect(song.provider).toBe('apibox')
  const here = statesIn(await (await harness.call('/v1/providers')).json())
  expect(here.kie).toBe('no_credits')
  expect(statesIn(await harness.objects.health('eu').listProviders()).kie).toBe('healthy')
  const figures = await (await harness.call('/metrics')).text()
  for (const [region, value] of [
    ['local', 0],
    ['eu', 1],
  ])
    expect(figures).toMatch(
      new RegExp(
        `tutti_provider_state\\{region="${region}",provider="kie",credential="[^"]+",state="healthy"\\} ${value}\\n`,
      ),
    )
})

test('one copy of the Worker serves requests of several regions, each as its own', async () => {
  const { here, objects } = harness
  for (const continent of ['SA', 'OC']) {
    const request = new Request(`${here}/v1/providers`, {
      headers: { authorization: `Bearer ${KEY}` },
      cf: { continent },
    } as RequestInit)
    expect((await worker.fetch(request, objects.bound())).status).toBe(200)
  }
  const figures = await (await harness.call('/metrics')).text()
  for (const region of ['sa', 'oc']) expect(figures).toContain(`tutti_provider_state{region="${region}",provider="kie"`)
})

test('calls of a key that is tried go one at a time, whichever objects they come from', async () => {
  const { id } = await order(harness, { routing: { provider: 'kie' } })
  const { credential } = ((await harness.objects.task(id).stored('default', id)) as WorkTask).candidates[0]!
  const pin = { provider: 'kie', credential }
  const health = harness.objects.health('af')
  const failure = { code: 'provider_tls_error', detail: 'CERT_HAS_EXPIRED', provider: 'kie', retryAfter: null } as const
  await health.begin(pin, 2)
  await health.done(pin, { kind: 'calls', outcome: { class: 'not_sent', failure }, credits: 2 })
  const begun = async () => {
    const all = await Promise.allSettled(Array.from({ length: 10 }, () => health.begin(pin, 2)))
    return all.filter(({ status }) => status === 'fulfilled').length
  }
  const state = async () => statesIn(await health.listProviders()).kie
  for (let round = 0; round < 500 && (await state()) === 'open'; round++)
    await new Promise((wake) => setTimeout(wake, 10))
  expect(await state()).toBe('half_open')
  expect(await begun()).toBe(1)
  // It could not be stored: the next one is tried.
  await health.done(pin, { kind: 'calls', outcome: null, credits: 2 })
  expect(await begun()).toBe(1)
})

test('regions keep a published limit together', async () => {
  const paused = await startHarness({ settings: { paused: true }, pace: 1 })
  const { id } = await order(paused, { routing: { provider: 'kie' } })
  const { stored } = paused.objects.task(id)
  const task = (await stored('default', id)) as WorkTask
  // KIE takes 20 submissions in ten seconds.
  const asked = ['eu', 'na', 'as'].flatMap((region) =>
    Array.from({ length: 10 }, () => paused.objects.health(region).admit(task)),
  )
  const kinds = (await Promise.all(asked)).map(({ kind }) => kind)
  expect(kinds.filter((kind) => kind === 'go')).toHaveLength(20)
  expect(kinds.filter((kind) => kind === 'wait')).toHaveLength(10)
  await paused.stop()
})
