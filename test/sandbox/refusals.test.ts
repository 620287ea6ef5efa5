/** What simulated upstreams refuse as their pages say: what was made before, and calls about songs that are under way. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Call } from '../../src/contract/adapter.ts'
import type { CallForm, TaskForm } from '../../src/contract/operations.ts'
import { adapters } from '../../src/registry.ts'
import type { Order } from './made.ts'
import { CALLBACK, type Stage, samples, stage } from './stage.ts'

const stages = new Map<string, Stage>()
beforeAll(async () => {
  for (const adapter of adapters) stages.set(adapter.id, await stage(adapter))
})
afterAll(() => {
  for (const { provider } of stages.values()) provider.close()
})
const at = (id: string) => stages.get(id)!

/** Whether it was taken, or why not; and that nothing was bought where it was not. */
const asked = async (here: Stage, form: TaskForm | CallForm, request: Order) => {
  const binding = here.adapter.operations[form] as { submit?: unknown; call?: unknown }
  const before = await here.provider.upstream.ledger()
  const outcome = await here.ask(form, (binding.submit ?? binding.call) as Call<unknown, unknown>, request)
  if (outcome.class === 'accepted') return 'accepted'
  expect(await here.provider.upstream.ledger()).toEqual(before)
  return outcome.failure.code
}
const follow = (here: Stage, form: TaskForm, track: Order) => {
  here.provider.pass(10)
  const what = form === 'separateStems' ? { separation: 'vocals' } : {}
  return asked(here, form, { ...track, ...what, callback_url: CALLBACK })
}
type Told = Readonly<Record<string, unknown>>
const saidBy = (here: Stage) => JSON.parse(here.provider.last()) as { code: number; data?: unknown }

/** The code of the refusal, and whether it names the task that made it: kie.md 9.1, 9.3; apibox.md 6.11, 6.16, 11; udioapi.md 9.1. */
const ONCE = [
  ['kie', 'createCoverArt', 400, true],
  ['kie', 'convertToWav', 409, false],
  ['apibox', 'createCoverArt', 400, true],
  ['apibox', 'convertToWav', 409, false],
  ['apibox', 'createVideo', 409, false],
  ['udioapi', 'createCoverArt', 400, false],
] as const

describe.each(ONCE)('%s: %s', (id, form, code, named) => {
  it('is made once, and not charged again', async () => {
    const here = at(id)
    const track = await here.another()
    const first = await here.submit(form, { ...track, callback_url: CALLBACK })
    for (const seconds of [0, 200]) {
      here.provider.pass(seconds)
      expect(await follow(here, form, track)).toBe('provider_rejected_request')
      expect(saidBy(here).code).toBe(code)
      expect(saidBy(here).data ?? null).toEqual(named ? { taskId: first } : null)
    }
    expect(here.provider.refusals()).toEqual([])
  })

  it('is made again where it has failed', async () => {
    const here = at(id)
    const track = await here.another()
    here.provider.upstream.faults.set('fails', 1)
    expect(await follow(here, form, track)).toBe('accepted')
    here.provider.pass(200)
    expect(await follow(here, form, track)).toBe('accepted')
    expect(await follow(here, form, track)).toBe('provider_rejected_request')
  })

  it('is made once of two orders at once', async () => {
    const here = at(id)
    const track = await here.another()
    const both = await Promise.allSettled([1, 2].map(() => here.submit(form, { ...track, callback_url: CALLBACK })))
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  it('is a matter of the track, or of the whole task', async () => {
    const here = at(id)
    const track = await here.another()
    const { tracks } = await here.poll('generateMusic', track.provider_task_id)
    const other = { ...track, provider_track_id: tracks[0]!.provider_track_id, track_index: 0 }
    expect(await follow(here, form, track)).toBe('accepted')
    const whole = form === 'createCoverArt'
    expect(await follow(here, form, other)).toBe(whole ? 'provider_rejected_request' : 'accepted')
  })
})

it.each([
  ['kie', 'separateStems'],
  ['kie', 'createVideo'],
  ['apibox', 'separateStems'],
] as const)('%s makes %s again, and charges it again', async (id, form) => {
  const here = at(id)
  const track = await here.another()
  const { accepted } = await here.provider.upstream.ledger()
  for (const _ of [1, 2]) expect(await follow(here, form, track)).toBe('accepted')
  expect((await here.provider.upstream.ledger()).accepted).toBe(accepted + 2)
})

const PERSONA = { name: 'Night Radio', description: 'Warm close baritone' }

it.each(['kie', 'apibox'])('%s makes one persona of a track', async (id) => {
  const here = at(id)
  const track = await here.another()
  expect(await asked(here, 'createPersona', { ...track, ...PERSONA })).toBe('accepted')
  expect(await asked(here, 'createPersona', { ...track, ...PERSONA, name: 'Another' })).toBe(
    'provider_rejected_request',
  )
  expect(saidBy(here).code).toBe(409)
  expect(await asked(here, 'createPersona', { ...(await here.another()), ...PERSONA })).toBe('accepted')
})

/** Of generate, extend, upload-cover and upload-extend: kie.md 8.2, apibox.md 6.13. */
it.each([
  ['coverMusic', 'accepted'],
  ['extendMusic', 'accepted'],
  ['extendAudio', 'accepted'],
  ['addVocals', 'provider_rejected_request'],
  ['mashupMusic', 'provider_rejected_request'],
] as const)('a persona of a song of %s is %s', async (form, code) => {
  for (const here of ['kie', 'apibox'].map(at)) {
    const request = await here.lawful(form, samples(here.adapter, form, 1)[0]!)
    const { id, snapshot } = await here.done(form, { ...request, callback_url: CALLBACK })
    const track = { provider_task_id: id, provider_track_id: snapshot.tracks[0]!.provider_track_id, track_index: 0 }
    here.provider.pass(10)
    expect(await asked(here, 'createPersona', { ...track, ...PERSONA })).toBe(code)
  }
})

/** udioapi.md 8 has a word for it; elsewhere nothing is known of what is not finished (apibox.md 6.13, kie.md 8.2). */
const EARLY = [
  ['udioapi', 'alignLyrics', 'not_ready'],
  ['kie', 'alignLyrics', 'provider_rejected_request'],
  ['apibox', 'alignLyrics', 'provider_rejected_request'],
  ['kie', 'createPersona', 'provider_rejected_request'],
  ['apibox', 'createPersona', 'provider_rejected_request'],
] as const

it.each(EARLY)('%s answers %s only of what is finished', async (id, form, code) => {
  const here = at(id)
  const task = await here.submit('generateMusic', samples(here.adapter, 'generateMusic', 1)[0]!)
  const extra = form === 'createPersona' ? PERSONA : {}
  here.provider.pass(30)
  const { tracks } = await here.poll('generateMusic', task)
  const about = (index: number) => ({
    ...extra,
    provider_task_id: task,
    provider_track_id: tracks[index]!.provider_track_id,
    track_index: index,
  })
  expect(await asked(here, form, about(0))).toBe(code)
  here.provider.pass(30)
  expect([await asked(here, form, about(0)), await asked(here, form, about(1))]).toEqual(['accepted', code])
  here.provider.pass(20)
  expect(await asked(here, form, about(1))).toBe('accepted')
})

/** Songs of covers and of MiniMax are known nowhere else: udioapi.md 6, 8, 9.1, 10.3, 14. */
describe.each(['coverMusic', 'generateMinimax'] as const)('udioapi: a song of %s', (form) => {
  it('is no source of anything, and nothing is charged for the refusal', async () => {
    const here = at('udioapi')
    const { id, snapshot } = await here.done(form, samples(here.adapter, form, 1)[0]!)
    const task = { provider_task_id: id }
    const track = { ...task, provider_track_id: snapshot.tracks[0]!.provider_track_id, track_index: 0 }
    here.provider.pass(10)
    expect(await asked(here, 'extendMusic', { ...track, mode: 'inherit' })).toBe('provider_rejected_request')
    expect(saidBy(here).code).toBe(400)
    expect(await asked(here, 'createCoverArt', task)).toBe('provider_rejected_request')
    expect(saidBy(here).code).toBe(404)
    expect(await asked(here, 'alignLyrics', track)).toBe('provider_rejected_request')
    expect(saidBy(here).code).toBe(400)
    expect(here.provider.refusals()).toEqual([])
  })
})

it('udioapi goes on with an extension, aligns its lyrics and paints its cover', async () => {
  const here = at('udioapi')
  const longer = { ...(await here.another()), mode: 'inherit' }
  const { id, snapshot } = await here.done('extendMusic', longer)
  const track = { provider_task_id: id, provider_track_id: snapshot.tracks[0]!.provider_track_id, track_index: 0 }
  here.provider.pass(10)
  expect(await asked(here, 'extendMusic', { ...track, mode: 'inherit' })).toBe('accepted')
  expect(await asked(here, 'alignLyrics', track)).toBe('accepted')
  expect(await asked(here, 'createCoverArt', { provider_task_id: id })).toBe('accepted')
})

/** kie.md 7.10, apibox.md 6.7, udioapi.md 5, 7.2. */
it.each([
  ['kie', 'generateMusic', (told: Told) => told.createTime],
  ['apibox', 'generateMusic', (told: Told) => told.createTime],
  ['udioapi', 'generateMusic', (told: Told) => Date.parse(String(told.created_at))],
] as const)('%s tells when it was asked for a song', async (id, form, time) => {
  const here = at(id)
  const from = here.provider.now()
  await here.done(form, samples(here.adapter, form, 1)[0]!)
  const told = time((JSON.parse(here.provider.last()) as { data: Told }).data) as number
  expect(told - from).toBeGreaterThanOrEqual(0)
  expect(here.provider.now() - told).toBeGreaterThanOrEqual(200_000)
})
