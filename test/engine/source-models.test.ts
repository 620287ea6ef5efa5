/** Limits of an extension where the provider takes no model: those of the model that its source was made with. */
import { expect, it } from 'vitest'
import type { Model } from '../../src/canonical/words.ts'
import { routeOf } from '../../src/engine/route.ts'
import type { Strategies } from '../../src/engine/strategy.ts'
import { adapters } from '../../src/registry.ts'

const access = adapters.map((adapter) => ({
  adapter,
  credentials: [{ id: `${adapter.id}-1`, key: 'key' }],
  origin: adapter.origins.api,
}))
const inOrder: Strategies = {
  ranked: (able: readonly unknown[]) => [...able],
  reason: () => 'order',
} as unknown as Strategies

/** What keeps udioapi from extending a song of its own, field by field. */
const refused = (model: Model | null, lyrics: number, style: number) => {
  const request = {
    source: { track_id: 'trk_1' },
    lyrics: 'l'.repeat(lyrics),
    style: 's'.repeat(style),
    routing: { only: ['udioapi'] },
  }
  const track = {
    provider: 'udioapi',
    credential: 'udioapi-1',
    provider_task_id: 'gen2e38495de578b4389a38f0436d40d4dfbbksv',
    provider_track_id: '35f0806a-d818-494b-b3a7-9be37be1ab74',
    track_index: 1,
    model,
    form: 'generateMusic' as const,
  }
  const errand = { operation: 'extendMusic', request, material: { track, fields: { mode: 'compose' } } } as const
  const { able, excluded } = routeOf(access, errand, inOrder)
  expect(able).toHaveLength(excluded.length === 0 ? 1 : 0)
  return [...new Set(excluded.flatMap(({ errors }) => errors.map(({ pointer }) => pointer)))]
}

it.each<[Model | null, number, number]>([
  ['v3.5', 3000, 200],
  ['v4', 3000, 200],
  ['v4.5', 5000, 1000],
  ['v5.5', 5000, 1000],
  // Of a song that was taken up nobody knows it: the largest.
  [null, 5000, 1000],
])('of a song of %s: %d characters of lyrics, %d of style (udioapi.md 3, 6)', (model, lyrics, style) => {
  expect(refused(model, lyrics, style)).toEqual([])
  expect(refused(model, lyrics + 1, style)).toEqual(['/lyrics'])
  expect(refused(model, lyrics, style + 1)).toEqual(['/style'])
})
