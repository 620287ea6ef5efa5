/** Estimates over HTTP, at a gateway that has not the keys of all providers: what it answers is what the document says. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Harness, SONG, startHarness } from '../harness.ts'
import { make } from '../runtime/songs.ts'
import { expectProblem, problemIn } from './problem.ts'

let harness: Harness
let keyless = ['apibox']
beforeAll(async () => {
  harness = await startHarness({ keys: () => Object.fromEntries(keyless.map((id) => [id, []])) })
})
afterAll(() => harness.stop())

const estimate = (operation: string, request: object) => harness.post('/v1/estimates', { operation, request })

test('of a provider without a key is refused', async () => {
  const answer = await estimate('generateMusic', { ...SONG, routing: { provider: 'apibox' } })
  await expectProblem(answer, { status: 422, code: 'provider_not_configured', pointers: ['/request/routing'] })
})

test('of what only a provider without a key can do names that provider', async () => {
  const { tracks } = await make(harness, { routing: { provider: 'kie' } })
  keyless = ['kie']
  await harness.restart()
  const answer = await estimate('replaceSection', {
    ...{ source: { track_id: tracks[0]!.id }, start_seconds: 10, end_seconds: 20 },
    ...{ title: 'Home', style: 'soul', lyrics: 'Home', full_lyrics: 'Home' },
  })
  expect(answer.headers.get('tutti-provider')).toBe('kie')
  expect(await problemIn(answer)).toMatchObject({ status: 503, code: 'provider_pinned_unavailable', provider: 'kie' })
})
